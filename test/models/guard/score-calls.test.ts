import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Model, ModelFactory, type Scores } from '../../../models/index.ts'
import { ModelGuard } from '../../../models/guard/model-guard.ts'
import { contentOf } from '../../../models/sources/model-content.ts'
import { batchOf, specsOf } from '../batches.ts'
import { formatLoader as heldLoader, heldBytes, kills } from '../../serving/held-format.ts'
import { eventually } from '../../support/eventually.ts'
import { modelProcesses } from './model-processes.ts'
import { formatLoader, waywardBytes, ways } from './wayward-format.ts'

const specs = specsOf(['x'])
const guard = new ModelGuard({
  factory: new ModelFactory().register('WAYWARD', formatLoader),
  memoryBytes: 400_000_000,
  quarantineAfter: 20,
})

async function opened(): Promise<Model> {
  return guard.open({ content: await contentOf(waywardBytes), format: undefined, output: undefined, specs }, true)
}

const scored = (model: Model, values: readonly number[]): Promise<Scores> =>
  Promise.resolve(
    model.score(
      batchOf(
        specs,
        values.map(value => [value]),
      ),
    ),
  )

async function causeOf(scoring: Promise<unknown>): Promise<string> {
  return scoring.then(
    () => 'none',
    (error: unknown) => String(error),
  )
}

const test = suite('calls of a model in a process of its own')

test('batches and results larger than what the system holds between two processes', async () => {
  const model = await opened()
  for (const rows of [1, 3, 1000, 30_000, 100_000, 2]) {
    const values = Array.from({ length: rows }, (_, at) => at / 8)
    const { length, score, outputs } = await scored(model, values)
    assert.is(length, rows)
    assert.equal([...score], values)
    assert.equal(
      outputs[0]?.values,
      Float64Array.from({ length: 16 * rows }, (_, at) => (at >> 4) / 8),
    )
  }
  await model.dispose()
})

test('a process that sends what is no result fails that call, and is another one for the next', async () => {
  const model = await opened()
  const causes = {
    breaks: /sent a message of \d+ bytes, and was stopped/,
    claims: /sent a message of 4294967303 bytes, and was stopped/,
  }
  for (const [way, cause] of Object.entries(causes)) {
    assert.match(await causeOf(scored(model, [ways[way as keyof typeof ways]])), cause)
    assert.equal([...(await scored(model, [5, 6])).score], [5, 6], way)
  }
  await model.dispose()
})

test('an answer that comes too early, or twice, is not taken for that of another call', async () => {
  const model = await opened()
  await scored(model, [1])
  for (const call of [0, 1, 3, 2 ** 32 - 1]) assert.equal([...(await scored(model, [ways.lies, call])).score], [ways.lies, call])
  // This is the sixth call.
  assert.match(await causeOf(scored(model, [ways.lies, 6])), /no result for 2 records/)
  for (let value = 0; value < 10; value++) assert.equal([...(await scored(model, [value, value])).score], [value, value])
  await model.dispose()
})

test('a process that sends more than it was asked for is stopped', async () => {
  const model = await opened()
  assert.match(await causeOf(scored(model, [ways.chatters, 0])), /sent messages that nobody had asked for, and was stopped/)
  assert.equal([...(await scored(model, [5, 6])).score], [5, 6])
  await model.dispose()
})

test('the memory of a process is looked at, too, while each of its calls is short', async () => {
  const model = await opened()
  let cause = 'none'
  for (let call = 0; call < 400 && cause === 'none'; call++) cause = await causeOf(scored(model, [ways.grows]))
  assert.match(cause, /took more than \d+ MB of memory and was stopped/)
  assert.equal([...(await scored(model, [5])).score], [5])
  await model.dispose()
})

test('a process that is being started again for a model that is released meanwhile is ended, and not awaited', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-reopened-'))
  const held = { loads: join(directory, 'loads'), scores: join(directory, 'scores') }
  const factory = new ModelFactory().register('HELD', heldLoader)
  const own = new ModelGuard({ factory, timeoutMs: 600_000 })
  try {
    const alcohol = specsOf(['alcohol'])
    const content = await contentOf(heldBytes(held))
    const before = modelProcesses().length
    const model = await own.open({ content, format: undefined, output: undefined, specs: alcohol }, true)
    const score = (value: number): Promise<Scores> => Promise.resolve(model.score(batchOf(alcohol, [[value]])))
    assert.match(await causeOf(score(kills)), /the model's process ended/)
    await writeFile(held.loads, '')
    const again = causeOf(score(1))
    const processes = (): Promise<number> => Promise.resolve(modelProcesses().length - before)
    assert.is(await eventually(processes, count => count === 1), 1)
    await model.dispose()
    assert.match(await again, /has been disposed of/)
    assert.is(await eventually(processes, count => count === 0), 0)
  } finally {
    await rm(directory, { recursive: true })
    own.close()
  }
})

test('a program that has scored, and has nothing more to do, ends', async () => {
  const script = fileURLToPath(new URL('score-ends.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: 'ignore' })
  assert.equal(await once(child, 'exit'), [0, null])
})

test.after(() => guard.close())
test.run()
