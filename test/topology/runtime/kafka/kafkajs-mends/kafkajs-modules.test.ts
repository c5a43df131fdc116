import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../../../base/sluice-error.ts'
import { kafkajsModules } from '../../../../../topology/runtime/kafka/kafkajs-mends/kafkajs-modules.ts'

const require = createRequire(import.meta.url)
const kafkajs = dirname(require.resolve('kafkajs/package.json'))
const test = suite<{ dir: string; importer: string }>("a copy of kafkajs' modules")

test.before.each(context => {
  context.dir = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-kafkajs-')))
  context.importer = join(context.dir, 'node_modules/sluice/dist/loader.js')
})
test.after.each(({ dir }) => rmSync(dir, { recursive: true }))

/** Puts a package kafkajs of this version, without any code, into a folder below `dir`. */
const install = (dir: string, folder: string, version: string, name = 'kafkajs'): string => {
  const root = join(dir, folder, 'node_modules/kafkajs')
  mkdirSync(root, { recursive: true })
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name, version }))
  return root
}

const refusal = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'CLIENT_UNSUPPORTED') return error.message
    throw error
  }
  throw new Error('it was not refused')
}

const cached = (): string[] => Object.keys(require.cache).filter(path => path.startsWith(kafkajs))

test("each copy has modules of its own, and Node's module cache none of them", () => {
  const path = 'src/errors.js'
  const before = cached()
  const [one, other] = [kafkajsModules(), kafkajsModules()]
  assert.is(one.load(path), one.load(path))
  assert.is.not(one.load(path), other.load(path))
  const { KafkaJSError } = one.load('index.js') as { KafkaJSError: unknown }
  assert.is(KafkaJSError, (one.load(path) as { KafkaJSError: unknown }).KafkaJSError)
  assert.equal(cached(), before)
})

test('other modules get the replacement of a module, unless one of them has the original already', () => {
  const path = 'src/utils/shuffle.js'
  const modules = kafkajsModules()
  const shuffle = (): number[] => []
  modules.replace(path, shuffle)
  assert.is(modules.load(path), shuffle)
  modules.load('src/broker/index.js')
  assert.match(
    refusal(() => modules.replace(path, shuffle)),
    /broker\/index\.js required src\/utils\/shuffle\.js before it was replaced/,
  )
})

test('a module that is not in the package fails with its own error, also the second time', () => {
  const modules = kafkajsModules()
  for (const _ of [1, 2]) assert.throws(() => modules.load('src/nothing.js'), /ENOENT.*nothing\.js/)
})

test('another version is refused, with both versions', ({ dir, importer }) => {
  const root = install(dir, '.', '2.2.3')
  const message = refusal(() => kafkajsModules(importer))
  assert.is(message, `kafkajs 2.2.3 is installed in ${root}, but Sluice needs exactly kafkajs 2.2.4: install kafkajs@2.2.4`)
})

test('another package under its name is refused', ({ dir, importer }) => {
  install(dir, '.', '2.2.4', '@fork/kafkajs')
  assert.match(
    refusal(() => kafkajsModules(importer)),
    '@fork/kafkajs 2.2.4 is installed in ',
  )
})

test('a missing kafkajs is refused', ({ importer }) => {
  assert.match(
    refusal(() => kafkajsModules(importer)),
    `kafkajs cannot be found from ${importer}: install kafkajs@2.2.4`,
  )
})

for (const layout of ['nested, beside another version', 'as a link'] as const) {
  test(`it is found ${layout}`, ({ dir, importer }) => {
    const nested = layout === 'as a link' ? '.' : 'node_modules/sluice'
    mkdirSync(join(dir, nested, 'node_modules'), { recursive: true })
    const root = join(dir, nested, 'node_modules/kafkajs')
    if (layout === 'as a link') symlinkSync(kafkajs, root, 'dir')
    else cpSync(kafkajs, root, { recursive: true })
    if (nested !== '.') install(dir, '.', '1.16.0')
    const { Kafka } = kafkajsModules(importer).load('index.js') as { Kafka: unknown }
    assert.type(Kafka, 'function')
  })
}

test.run()
