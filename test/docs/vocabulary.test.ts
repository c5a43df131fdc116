import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { layers } from '../support/layers.ts'

const project = join(import.meta.dirname, '../..')
const page = readFileSync(join(project, 'docs/vocabulary.md'), 'utf8')
const test = suite('docs/vocabulary.md')

function wordsOfSources(): Set<string> {
  const found = new Set<string>()
  for (const layer of Object.keys(layers).filter(name => !name.includes('/'))) {
    for (const name of readdirSync(join(project, layer), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(ts|proto)$/.test(name)) continue
      for (const [word] of readFileSync(join(project, layer, name), 'utf8').matchAll(/[\w-]+/g)) found.add(word)
    }
  }
  return found
}

test('its names occur in the code', () => {
  const rows = page.split('\n').filter(line => line.startsWith('| ') && !/^\| (?:Kafka Streams|word|-+) /.test(line))
  assert.ok(rows.length > 60, `${rows.length} words`)
  const known = wordsOfSources()
  const missing = rows.flatMap(row =>
    [...(row.split('|')[2] ?? '').matchAll(/`([^`]+)`/g)].flatMap(([, name]) =>
      (name as string).split('=').filter(word => !known.has(word)),
    ),
  )
  assert.equal(missing, [])
})

test('each row has three cells', () => {
  const odd = page.split('\n').filter(line => line.startsWith('|') && line.split('|').length !== 5)
  assert.equal(odd, [])
})

test.run()
