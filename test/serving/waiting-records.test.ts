import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { limits } from '../../base/limits/index.ts'
import { modelStateStore, type ModelStateStore, waitingRecordsStore } from '../../stores/index.ts'
import { orderedHeaders, TopologyTestDriver } from '../../topology/index.ts'
import type { ServingOptions } from '../../serving/index.ts'
import { decodeWaiting, encodeWaiting } from '../../serving/waiting-record.ts'
import { WaitingRoom } from '../../serving/waiting-room.ts'
import { modelRecord, type Result, ServingDriver, servingOptions, shiftedSum, wine } from './serving-driver.ts'
import { ServingTask } from './serving-task.ts'
import { remote, withSlowServer } from './slow-server.ts'

const test = suite('records that wait for the model of their data type')
const brief = (results: readonly Result[]): unknown[] =>
  results.map(({ dataType, status, score, inputOffset }) => [dataType, status, score, inputOffset])
const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))
const trying = (host: string): { readonly offset: number; readonly value: Uint8Array } => ({
  offset: 0,
  value: modelRecord({ dataType: 'slow', location: `http://${host}/model` }),
})

/** Some looks, each as late as it may be: one sees that a trial is over, the next one that the model is loaded. */
async function looks(task: ServingTask): Promise<void> {
  for (let look = 0; look < 3; look++) {
    await pause(15)
    await task.look()
  }
}

/** A task of which `slow` has its first model under trial, and `quick` one that serves. */
async function withTrial(
  use: (task: ServingTask, answer: (bytes: Uint8Array) => void) => Promise<void>,
  { modelWaitMs = 10_000, modelHosts = [], store = 'model' }: Pick<Partial<ServingOptions>, 'modelWaitMs' | 'modelHosts' | 'store'> = {},
): Promise<void> {
  await withSlowServer(async ({ host, answer }) => {
    const task = await ServingTask.open(servingOptions({ modelHosts: [host, ...modelHosts], modelWaitMs, store }))
    await task.publish({ offset: 0, value: modelRecord({ dataType: 'quick', bytes: shiftedSum(1) }) }, 'quick')
    await task.begin({ ...trying(host), offset: 1 }, 'slow')
    await use(task, answer)
    answer(Buffer.alloc(0))
    await task.settle()
    await task.close()
  })
}

for (const store of ['model', 'memory'] as const)
  test(`${store}, of a type whose first model is being tried: those of other types are answered at once, and later ones of the type stay behind them`, () =>
    withTrial(
      async (task, answer) => {
        await task.send(wine('slow', 1), wine('quick', 1), wine('slow', 2))
        await task.sendAt(3, wine('quick', 2))
        await task.sendAt(4, wine('slow', 3))
        await task.look()
        assert.equal(brief(task.results.splice(0)), [
          ['quick', 'OK', 2, 1],
          ['quick', 'OK', 3, 3],
        ])
        answer(shiftedSum(7))
        await task.settle()
        await task.sendAt(5, wine('slow', 4), wine('quick', 5))
        await looks(task)
        await task.sendAt(7, wine('slow', 6))
        assert.equal(brief(task.results.splice(0)), [
          ['quick', 'OK', 6, 6],
          ['slow', 'OK', 8, 0],
          ['slow', 'OK', 9, 2],
          ['slow', 'OK', 10, 4],
          ['slow', 'OK', 11, 5],
          ['slow', 'OK', 13, 7],
        ])
        assert.equal([task.waiting.dataTypes, task.waiting.bytes, task.refused], [[], 0, []])
      },
      { store },
    ))

test('models of other types are tried beside it, are applied in their order, and at most one of a type waits for that', () =>
  withSlowServer(async ({ host: quick, asked, answer: other }) => {
    other(shiftedSum(3))
    await withTrial(
      async (task, answer) => {
        for (const [at, dataType] of ['one', 'one', 'two'].entries())
          await task.begin({ offset: 2 + at, value: modelRecord({ dataType, location: `http://${quick}/model` }) }, dataType)
        for (let tries = 0; tries < 200 && asked() < 2; tries++) await pause(10)
        await pause(50)
        assert.equal([asked(), task.store.state('one'), task.store.state('two')], [2, undefined, undefined])
        answer(shiftedSum(7))
        await task.settle()
        assert.equal(
          ['slow', 'one', 'two'].map(dataType => task.store.state(dataType)?.latest),
          [1, 2, 1],
        )
      },
      { modelHosts: [quick] },
    )
  }))

test('a model that is refused, or takes longer than modelWaitMs: they get NO_MODEL in their order, and later ones at once', () =>
  withTrial(
    async (task, answer) => {
      await task.send(wine('slow', 1), wine('slow', 2))
      await pause(60)
      await task.look()
      await task.sendAt(2, wine('slow', 3))
      answer(Buffer.from('no model'))
      await task.settle()
      await task.sendAt(3, wine('slow', 4))
      assert.equal(
        brief(task.results),
        [0, 1, 2, 3].map(offset => ['slow', 'NO_MODEL', 0, offset]),
      )
      assert.is(task.refused.length, 1)
    },
    { modelWaitMs: 50 },
  ))

test('more than may wait get NO_MODEL, all in their order, and keep nobody waiting', () =>
  withTrial(async (task, answer) => {
    const { most } = limits.waiting_records
    for (let from = 0; from <= most; from += 1000)
      await task.sendAt(from, ...Array.from({ length: Math.min(1000, most + 1 - from) }, () => wine('slow', 1)))
    await task.sendAt(most + 1, wine('quick', 1), wine('slow', 1))
    answer(shiftedSum(7))
    await task.settle()
    await task.sendAt(most + 3, wine('slow', 1))
    assert.equal(
      task.results.filter(({ dataType }) => dataType === 'slow').map(({ inputOffset }) => inputOffset),
      [...Array(most + 4).keys()].filter(offset => offset !== most + 1),
    )
    assert.equal([task.results.filter(({ status }) => status === 'NO_MODEL').length, task.results.at(-1)?.score], [most + 2, 8])
  }))

test('a task that begins anew answers what waits in its store', () =>
  withSlowServer(async ({ host, answer }) => {
    const { store: waiting } = await waitingRecordsStore({ name: 'waiting' }).open(undefined)
    const managed = await modelStateStore({ name: 'ModelStateStore' }).open(undefined)
    const opened = { store: managed.store, waiting, close: () => Promise.resolve() }
    const options = servingOptions({ modelHosts: [host] })
    const first = await ServingTask.open(options, opened)
    await first.begin(trying(host), 'slow')
    await first.send(wine('slow', 1), wine('slow', 2))
    await first.close()
    const second = await ServingTask.open(options, opened)
    second.bootstrapping = true
    await second.look()
    assert.equal(second.results, [], 'it does not know its models yet')
    await second.begin(trying(host), 'slow')
    second.bootstrapping = false
    await second.look()
    assert.equal(second.results, [])
    answer(shiftedSum(7))
    await second.settle()
    await looks(second)
    assert.equal(brief(second.results), [
      ['slow', 'OK', 8, 0],
      ['slow', 'OK', 9, 1],
    ])
    await second.close()
    await managed.close()
  }))

/** A driver of which `slow` has a version that is being loaded, and `quick` one that is there. */
async function withLoading(use: (serving: ServingDriver, answer: (bytes: Uint8Array) => void) => Promise<void>): Promise<void> {
  await withSlowServer(async ({ host, answer }) => {
    const serving = await ServingDriver.open({ modelHosts: [host] }, { topicConfigs: { results: { 'max.message.bytes': '1000' } } })
    const store: ModelStateStore = serving.store
    store.addVersion('slow', remote(host, shiftedSum(7), 0))
    await serving.publish({ dataType: 'quick', bytes: shiftedSum(1) })
    await use(serving, answer)
    await serving.close()
  })
}

const tooLarge = { headers: { large: Buffer.alloc(1000) } }

test('a run that is processed again in parts sets each of them aside once', () =>
  withLoading(async (serving, answer) => {
    await serving.send(wine('slow', 1), wine('quick', 1), wine('slow', 2), wine('quick', 2, tooLarge), wine('slow', 3), wine('quick', 3))
    assert.equal(brief(serving.results()), [
      ['quick', 'OK', 2, 1],
      ['quick', 'OK', 4, 5],
    ])
    assert.is(serving.deadLetters().length, 1)
    answer(shiftedSum(7))
    await pause(30)
    await serving.driver.advanceWallClockTime(50)
    assert.equal(brief(serving.results()), [
      ['slow', 'OK', 8, 0],
      ['slow', 'OK', 9, 2],
      ['slow', 'OK', 10, 4],
    ])
    await serving.driver.advanceWallClockTime(50)
    assert.equal([brief(serving.results()), serving.deadLetters()], [[], []])
  }))

/** What a dead letter says of its record, and of its cause. */
const briefLetters = (driver: TopologyTestDriver): unknown[] =>
  driver.read(TopologyTestDriver.deadLetterTopic).map(({ value, headers }) => {
    const header = (name: string): string => String(headers?.[name])
    const place = ['topic', 'partition', 'offset'].map(part => header(`sluice.source.${part}`)).join(' ')
    return [place, header('sluice.error.code'), value !== null]
  })

test('each of them whose result cannot be written is one dead letter of its own; the others get theirs, at once', () =>
  withLoading(async (serving, answer) => {
    await serving.send(wine('slow', 1), wine('slow', 2, tooLarge), wine('slow', 3), wine('slow', 4, tooLarge), wine('slow', 5, tooLarge))
    answer(shiftedSum(7))
    await pause(30)
    await serving.driver.advanceWallClockTime(50)
    assert.equal(brief(serving.results()), [
      ['slow', 'OK', 8, 0],
      ['slow', 'OK', 10, 2],
    ])
    for (let looks = 0; looks < 10; looks++) await serving.driver.advanceWallClockTime(50)
    assert.equal(
      briefLetters(serving.driver),
      [1, 3, 4].map(offset => [`data 0 ${offset}`, 'RECORD_TOO_LARGE', true]),
    )
    await serving.send(wine('slow', 4))
    assert.equal(brief(serving.results()), [['slow', 'OK', 11, 5]])
    assert.equal(briefLetters(serving.driver), [])
  }))

test('where no more may wait, a record that lets those before it through is not held for one of them that cannot be written', () =>
  withLoading(async (serving, answer) => {
    const { most } = limits.waiting_records
    for (let from = 0; from < most; from += 1000)
      await serving.send(
        ...Array.from({ length: Math.min(1000, most - from) }, (_, at) => wine('slow', 1, from + at === 5 ? tooLarge : {})),
      )
    answer(shiftedSum(7))
    await serving.send(wine('slow', 1), wine('quick', 1))
    const answered = serving.results().map(({ inputOffset }) => inputOffset)
    assert.equal(
      answered,
      [...Array(most + 2).keys()].filter(offset => offset !== 5),
    )
    assert.equal(briefLetters(serving.driver), [['data 0 5', 'RECORD_TOO_LARGE', true]])
  }))

test('a model whose loads end at once without one is not asked for without a pause', async () => {
  const { store } = await waitingRecordsStore({ name: 'waiting' }).open(undefined)
  let asked = 0
  const room = new WaitingRoom({
    store,
    context: {
      schedule: () => ({ cancel: () => undefined }),
      attempt: async (records, work) => work(records),
      partition: 0,
      bootstrapping: false,
    },
    topic: 'data',
    waitOf: () => {
      asked++
      return { over: Promise.resolve(), accepted: true }
    },
    unreadable: () => false,
    answer: () => Promise.resolve(undefined),
  })
  assert.equal([...(await room.admit(['gone'], () => 1))], ['gone'])
  assert.ok(asked > 1 && asked <= 25, `asked ${asked} times in 20 ms`)
})

test('a record is kept as it came', () => {
  const place = { topic: 'data', partition: 3, offset: 4 }
  const headers = orderedHeaders([
    ['a', 'one'],
    ['b', null],
    ['a', Buffer.from([0, 255])],
  ])
  for (const record of [
    { key: null, value: null, timestamp: -1, headers: undefined, ...place, source: undefined },
    { key: Buffer.from('k'), value: Buffer.alloc(300, 7), timestamp: 1_760_000_000_123, headers, ...place, source: undefined },
  ]) {
    const again = decodeWaiting(encodeWaiting(record), place)
    assert.equal([again.key, again.value, again.timestamp, again.offset], [record.key, record.value, record.timestamp, record.offset])
    assert.equal(
      JSON.stringify(again.headers),
      JSON.stringify(record.headers && { a: [Buffer.from('one'), Buffer.from([0, 255])], b: null }),
    )
  }
})

test.run()
