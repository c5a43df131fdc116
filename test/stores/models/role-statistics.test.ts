import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice as messages } from '../../../proto/messages.js'
import { sluice } from '../../../proto/state-messages.js'
import {
  modelStateStore,
  type ModelStateStore,
  modelUsageStore,
  type ModelStatistics,
  type ModelUse,
  type NewModel,
  type Row,
  type TypedManagedStore,
  UndoJournal,
  useView,
} from '../../../stores/index.ts'

type Opened = TypedManagedStore<ModelStateStore>
type View = NonNullable<ReturnType<ModelStateStore['query']>>

const statistics = suite('statistics of a model by role')
const { CHAMPION, SHADOW } = messages.ModelRole

function model(offset: number): NewModel {
  const bytes = Buffer.from(`model ${offset}`)
  const { ONNX: modeltype } = messages.ModelDescriptor.ModelType
  return { name: 'm', description: '', modeltype, bytes, output: '', since: 1000 + offset, partition: 0, offset }
}

const use = (count: number, ms: number, role = CHAMPION): ModelUse => ({ role, count, durationMs: ms, minMs: ms, maxMs: ms })

let commits = 0
async function commit(managed: Opened): Promise<readonly Row[]> {
  managed.settle()
  const rows = managed.prepareCommit()
  await managed.postCommit({ changelogOffset: ++commits })
  return rows
}

const open = (): Promise<Opened> => modelStateStore({}).open(undefined)

function near(found: readonly (number | undefined)[], expected: readonly number[]): void {
  for (const [at, exact] of expected.entries())
    assert.ok(Math.abs((found[at] ?? NaN) - exact) <= exact * 0.03, `${found.join()} is not ${expected.join()}`)
}

statistics('statistics of each role, with percentiles of the calls, are kept and summed up over tasks', async () => {
  const managed = await open()
  const { store } = managed
  store.addVersion('wine', model(0))
  for (let ms = 1; ms <= 100; ms++) store.recordUse('wine', 1, use(10, ms), 2000 + ms)
  for (const ms of [1, 200]) store.recordUse('wine', 1, use(5, ms, SHADOW), 3000)
  const rows = await commit(managed)
  const restored = await open()
  await restored.restore([...rows], { changelogOffset: rows.length })
  for (const each of [store, restored.store]) {
    const { invocations, p50 = 0, p95 = 0, p99 = 0, roles } = each.query('wine') as View
    assert.is(invocations, 1010)
    near([p50, p95, p99], [50, 95, 99])
    const [champion, shadow] = roles
    assert.equal(
      [champion?.role, champion?.invocations, champion?.duration, champion?.min, champion?.max],
      ['champion', 1000, 5050, 1, 100],
    )
    near([champion?.p50 ?? 0, champion?.p95 ?? 0, champion?.p99 ?? 0], [50, 95, 99])
    assert.equal([shadow?.role, shadow?.invocations, shadow?.min, shadow?.max, shadow?.p99], ['shadow', 10, 1, 200, 200])
  }
  const usages = await Promise.all([0, 1].map(() => modelUsageStore({ name: 'usage' }).open(undefined)))
  for (const [partition, usage] of usages.entries())
    for (let ms = 1; ms <= 100; ms++) usage.store.recordUse(partition, { dataType: 'wine', version: 2 }, use(1, ms * (partition + 1)), 4000)
  store.addVersion('wine', model(1))
  for (const usage of usages) store.attach(usage.store)
  await commit(managed)
  const { invocations, p50 = 0, p99 = 0 } = store.query('wine') as View
  assert.is(invocations, 200)
  near([p50, p99], [67, 196])
})

statistics('statistics of a failed record are undone, of each role, of a version before the newest too', async () => {
  const [managed, usage] = [await open(), await modelUsageStore({ name: 'usage' }).open(undefined)]
  const { store } = managed
  const journal = new UndoJournal()
  for (const each of [managed, usage]) each.bind({ journal })
  for (const offset of [0, 1]) store.addVersion('wine', model(offset))
  const figures = async (): Promise<unknown> => {
    const all = await store.history('wine')
    const views = [...all.map(({ figures: of }) => of && useView(of)), useView(usage.store.usageOf('wine', 1) as ModelStatistics)]
    return JSON.parse(JSON.stringify(views)) as unknown
  }
  for (const version of [1, 2]) store.recordUse('wine', version, use(1, 4), 2000)
  usage.store.recordUse(0, { dataType: 'wine', version: 1 }, use(1, 4), 2000)
  await commit(managed)
  const before = await figures()
  for (const calls of [[2], [1], [1, 1], [2, 1, 2]]) {
    journal.begin()
    for (const version of calls)
      for (const role of [CHAMPION, SHADOW]) {
        store.recordUse('wine', version, use(3, 9, role), 3000)
        usage.store.recordUse(0, { dataType: 'wine', version: 1 }, use(3, 9, role), 3000)
        usage.store.recordUse(1, { dataType: 'wine', version: 1 }, use(3, 9, role), 3000)
      }
    journal.undoTo(0)
    journal.end()
    await commit(managed)
    assert.equal(await figures(), before)
  }
})

statistics('rows of older builds are read, and their calls are in no role', async () => {
  const managed = await open()
  managed.store.addVersion('wine', model(0))
  const old = sluice.ModelStatistics.encode({ version: 1, invocations: 40, duration: 8, min: 0.1, max: 2, lastUsed: 9 }).finish()
  await commit(managed)
  await managed.restore([{ key: Buffer.from('stats/wine'), value: old }], { changelogOffset: 1 })
  const before = managed.store.query('wine') as View
  assert.equal([before.invocations, before.max, before.roles, before.p50], [40, 2, [], undefined])
  managed.store.recordUse('wine', 1, use(2, 4), 10)
  await commit(managed)
  const { invocations, duration, min, max, roles } = managed.store.query('wine') as View
  assert.equal([invocations, duration, min, max], [42, 12, 0.1, 4])
  assert.equal(
    roles.map(({ role, invocations: count, p50 }) => [role, count, p50]),
    [['champion', 2, 4]],
  )
})

statistics.run()
