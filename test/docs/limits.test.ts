import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Limit, limits } from '../../base/limits/index.ts'

const project = join(import.meta.dirname, '../..')
const test = suite('docs/limits.md')

/** The cells of the counted limits' table, without its head. */
function rows(): readonly (readonly string[])[] {
  const page = readFileSync(join(project, 'docs/limits.md'), 'utf8')
  const table = /<!-- limits -->([^]*)<!-- end of limits -->/.exec(page)?.[1] ?? ''
  const lines = table.split('\n').filter(line => line.startsWith('|'))
  return lines.slice(2).map(line =>
    line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  )
}

test('its table is that of the code', () => {
  const expected = Object.entries<Limit>(limits).map(([name, { of, what, most, unit, setting, beyond }]) => [
    `\`${name}\``,
    of,
    what,
    `${most.toLocaleString('en')} ${unit}`,
    setting === undefined ? '–' : `\`${setting}\``,
    beyond,
  ])
  assert.equal(rows(), expected)
})

test('each of them is checked and counted somewhere', () => {
  const code = ['base', 'records', 'models', 'stores', 'topology', 'serving', 'rest', 'instance', 'cli']
    .flatMap(room => readdirSync(join(project, room), { recursive: true, encoding: 'utf8' }).map(path => join(room, path)))
    .filter(path => path.endsWith('.ts') && !path.startsWith(join('base', 'limits')))
    .map(path => readFileSync(join(project, path), 'utf8'))
    .join('\n')
  for (const name of Object.keys(limits)) assert.ok(code.includes(`'${name}'`), name)
})

test.run()
