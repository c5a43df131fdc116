import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path/posix'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { filesImportedBy } from '../support/rooms.ts'

const test = suite('what examples import')
const project = join(import.meta.dirname, '../..')
const entries = new Set(['index.ts', 'serving.ts', 'rest.ts', 'testing.ts'])
/** What surrounds the examples: a Kafka to run on, a client to fill its topics, and the tool that has made the wine models. */
const surroundings = new Set(['examples/kafka-client.ts', 'examples/with-kafka.ts', 'examples/wine/wine-models.ts'])

test('beside each other, only what the package exports', () => {
  const files = readdirSync(join(project, 'examples'), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => join('examples', file))
  assert.ok(files.length > 25)
  const inner = files
    .filter(file => !surroundings.has(file))
    .flatMap(file => filesImportedBy(file, readFileSync(join(project, file), 'utf8')).map(target => ({ file, target })))
    .filter(({ target }) => !entries.has(target) && !target.startsWith('examples/'))
  assert.equal(inner, [])
})

test.run()
