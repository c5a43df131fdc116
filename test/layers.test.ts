import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { importsOf, layerOf, layers, violationsOf } from './support/layers.ts'

const project = join(import.meta.dirname, '..')

function sourcesOf(folder: string): string[] {
  const root = join(project, folder)
  if (!existsSync(root)) return []
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map(name => relative(project, join(root, name)).split(sep).join('/'))
}

const test = suite('layers')

for (const folder of Object.keys(layers).filter(name => !name.includes('/'))) {
  test(`${folder}/ imports only what is to its left`, () => {
    const found = sourcesOf(folder).flatMap(path => violationsOf(path, readFileSync(join(project, path), 'utf8')))
    assert.equal(found, [])
  })
}

test('the search finds the sources', () => {
  assert.ok(sourcesOf('base').includes('base/sluice-error.ts'))
  assert.ok(sourcesOf('topology').some(path => layerOf(path) === 'topology/runtime'))
})

const refused: readonly (readonly [path: string, source: string])[] = [
  ['stores/x.ts', "import { a } from '../models/model.ts'"],
  ['models/x.ts', "import type { Row } from '../stores/state-store.ts'"],
  ['proto/x.ts', "export * from '../stores/state-store.ts'"],
  ['topology/x.ts', "import {\n  type Task,\n  run,\n} from './runtime/task.ts'"],
  ['topology/x.ts', "import { Kafka } from 'kafkajs'"],
  ['topology/runtime/x.ts', "import { Kafka } from 'kafkajs'"],
  ['topology/runtime/x.ts', "import { type Kafka } from 'kafkajs'"],
  ['topology/runtime/x.ts', "import type { Row } from './rows.ts'\nimport 'kafkajs'"],
  ['topology/runtime/x.ts', "const { Kafka } = await import('kafkajs')"],
  ['topology/runtime/x.ts', "const errors = require('kafkajs/src/errors.js')"],
  ['topology/runtime/x.ts', "export { Kafka } from 'kafkajs'"],
  ['topology/runtime/x.ts', "const app = await import('../../rest/app.ts')"],
  ['topology/runtime/deep/x.ts', "const worker = new URL('../../../serving/worker.ts', import.meta.url)"],
  ['serving/x.ts', "type App = import('../rest/app.ts').App"],
  ['serving/x.ts', "import 'onnxruntime-node'"],
  ['rest/x.ts', "const { Level } = require('level')"],
  ['cli/x.ts', "import koa from 'koa'"],
  ['models/pmml/x.ts', "import * as ort from 'onnxruntime-node'"],
  ['stores/x.ts', "import protobuf from 'protobufjs/minimal.js'"],
  ['topology/runtime/x.ts', "import { createServer } from 'node:http'"],
  ['rest/x.ts', 'const token = process.env.TOKEN'],
  ['rest/x.ts', "import { env } from 'node:process'"],
  ['base/x.ts', 'const now = new Date()'],
  ['topology/runtime/tasks/x.ts', 'log(new Date( ).toISOString())'],
  ['stores/x.ts', 'const now = new Date\n'],
  ['serving/x.ts', 'const now = Date()'],
]

for (const [path, source] of refused) {
  test(`refuses in ${path}: ${source.replaceAll(/\s+/g, ' ')}`, () => assert.is(violationsOf(path, source).length > 0, true))
}

const allowed: readonly (readonly [path: string, source: string])[] = [
  ['topology/x.ts', "import { SluiceError } from '../base/sluice-error.ts'\nimport { a } from './describe.ts'"],
  ['topology/runtime/x.ts', "import type { Kafka } from 'kafkajs'\nimport { t } from '../topology.ts'"],
  ['topology/runtime/x.ts', "type KafkaJs = typeof import('kafkajs')\ntype Kafka = import('kafkajs').Kafka"],
  ['stores/x.ts', "// import { a } from '../models/model.ts'\n/**\n * import('koa')\n */\nimport { Level } from 'level'"],
  ['cli/x.ts', 'const brokers = process.env.KAFKA_BROKERS'],
  ['examples/wine/x.ts', "import { serve } from '../../cli/serve-command.ts'"],
  ['scripts/x.ts', "import protobuf from 'protobufjs'"],
  ['topology/x.ts', 'const at: Date = new Date(env.now())'],
  ['cli/x.ts', 'const now = new Date()'],
]

for (const [path, source] of allowed) {
  test(`allows in ${path}: ${source.replaceAll(/\s+/g, ' ')}`, () => assert.equal(violationsOf(path, source), []))
}

test('finds every form of import', () => {
  const source =
    "import a from 'a'\nimport type { B } from \"b\"\nexport { c } from 'c'\nexport * as d from 'd'\nimport 'e'\nconst f = await import('f')\nrequire.resolve('g')"
  assert.equal(importsOf(source).toSorted(), ['a', 'b', 'c', 'd', 'e', 'f', 'g'])
})

test.run()
