import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const project = join(import.meta.dirname, '../..')
const rowsBelow = (path: string, heading: string): string[][] => {
  const part = readFileSync(join(project, path), 'utf8').split(heading)[1] ?? ''
  const lines = (/(?:^\|.*\n)+/m.exec(part)?.[0] ?? '').trim().split('\n')
  return lines.map(line =>
    line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  )
}
const rightsIn = (text: string): string[] =>
  [...text.matchAll(/\b(READ|WRITE|DESCRIBE_CONFIGS|DESCRIBE|CREATE)\b/g)].map(([right]) => right).toSorted()

const test = suite('SECURITY.md')

test('its rights of commands are those of docs/security.md', () => {
  const [, , ...short] = rowsBelow('SECURITY.md', '## Rights of Kafka, by command')
  const [, , ...long] = rowsBelow('docs/security.md', '### What commands need')
  const named = (cell: string): string[] => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name]) => name as string)
  const rights = new Map(
    long.flatMap(([commands = '', text = '']) => named(commands).map(name => [name, rightsIn(text.replace(/CREATE on.*$/, 'CREATE'))])),
  )
  assert.ok(rights.size > 8)
  for (const [commands = '', ...cells] of short)
    for (const name of named(commands)) if (name !== 'serve') assert.equal(rightsIn(cells.join(' ')), rights.get(name), name)
})

test('its rights of serve are those of docs/security.md', () => {
  const [head = [], , ...rows] = rowsBelow('SECURITY.md', '## Rights of Kafka, by command')
  const serve = rows.find(([command]) => command === '`serve`') ?? []
  const [, , ...long] = rowsBelow('docs/security.md', '### What serve needs')
  assert.is(long.length, head.length - 1)
  const plain = (cell: string): string[] => rightsIn(cell.replace(/\(.*\)/, ''))
  assert.equal(serve.slice(1).flatMap(plain).toSorted(), long.flatMap(([, rights = '']) => plain(rights)).toSorted())
})

test.run()
