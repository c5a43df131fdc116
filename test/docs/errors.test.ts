import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const project = join(import.meta.dirname, '../..')
const test = suite('docs/errors.md')

test('it has each code with its fault, in the order of the source', () => {
  const source = readFileSync(join(project, 'base/sluice-error.ts'), 'utf8')
  const codes = [...source.matchAll(/^ {2}([A-Z_]+): '(\w+)',$/gm)].map(([, code, fault]) => [code, fault])
  assert.ok(codes.length > 40)
  const page = readFileSync(join(project, 'docs/errors.md'), 'utf8')
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` +\| `(\w+)` +\| \S/gm)].map(([, code, fault]) => [code, fault])
  assert.equal(rows, codes)
})

test.run()
