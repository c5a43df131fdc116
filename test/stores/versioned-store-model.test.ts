import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../records/serde.ts'
import { LevelRows } from '../../stores/rows/level-rows.ts'
import { BufferedStore } from '../../stores/rows/buffered-store.ts'
import { MemoryRows } from '../../stores/rows/memory-rows.ts'
import type { Row, RowStorage, VersionedRecord } from '../../stores/state-store.ts'
import { TransactionBuffer } from '../../stores/rows/transaction-buffer.ts'
import { VersionedStore } from '../../stores/versioned/versioned-store.ts'
import { withDirectory } from './temporary-directory.ts'

const test = suite('versioned store against a naive one')

const retentionMs = 20

/** Every version ever written, in an array a key, sorted by time. */
class Naive {
  #versions = new Map<string, readonly { readonly value: string | undefined; readonly timestamp: number }[]>()
  #streamTime = -Infinity

  get horizon(): number {
    return this.#streamTime - retentionMs
  }

  copy(): Naive {
    const copy = new Naive()
    copy.#versions = new Map(this.#versions)
    copy.#streamTime = this.#streamTime
    return copy
  }

  put(key: string, value: string | undefined, timestamp: number): number | undefined {
    if (timestamp < this.horizon) return undefined
    this.#streamTime = Math.max(this.#streamTime, timestamp)
    const others = (this.#versions.get(key) ?? []).filter(version => version.timestamp !== timestamp)
    const versions = [...others, { value, timestamp }].sort((a, b) => a.timestamp - b.timestamp)
    this.#versions.set(key, versions)
    return versions.find(version => version.timestamp > timestamp)?.timestamp ?? Infinity
  }

  /** Those that held at some time with from ≤ time < to. */
  versions(key: string, from: number, to: number): VersionedRecord<string>[] {
    const all = this.#versions.get(key) ?? []
    return all.flatMap(({ value, timestamp }, at) => {
      const validTo = all[at + 1]?.timestamp
      const known = validTo === undefined || validTo > Math.max(from, this.horizon)
      if (value === undefined || !known || timestamp >= to || from >= to) return []
      return [validTo === undefined ? { value, timestamp } : { value, timestamp, validTo }]
    })
  }

  get(key: string, asOf: number): VersionedRecord<string> | undefined {
    const found = this.versions(key, asOf, asOf + 1).find(({ timestamp, validTo }) => timestamp <= asOf && (validTo ?? Infinity) > asOf)
    return found?.validTo !== undefined && asOf < this.horizon ? undefined : found
  }
}

const key = fc.constantFrom<string[]>('', 'a', 'a\u0000', 'b')
const time = fc.integer({ min: -5, max: 60 })
const write = fc.record({ key, value: fc.option(fc.string({ maxLength: 2 }), { nil: undefined }), time })
const step = fc.oneof(
  { weight: 12, arbitrary: write.map(given => ({ kind: 'write' as const, ...given })) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('get' as const), key, time }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('versions' as const), key, from: time, to: time }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('freeze' as const, 'apply' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
)

interface Opened {
  readonly store: VersionedStore<string, string>
  readonly managed: BufferedStore<VersionedStore<string, string>>
}

function openOver(storage: RowStorage): Opened {
  const buffer = new TransactionBuffer(storage)
  const store = new VersionedStore(buffer, { name: 'v', key: stringSerde, value: stringSerde, historyRetentionMs: retentionMs })
  return { store, managed: new BufferedStore(store, buffer, store) }
}

function put({ store }: Opened, { key: name, value, time: at }: { key: string; value: string | undefined; time: number }): unknown {
  return value === undefined ? store.delete(name, at) : store.put(name, value, at)
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** All that can be read of a store. */
async function everything({ store }: Opened, uncommitted: boolean): Promise<unknown[]> {
  const found: unknown[] = []
  for (const name of ['', 'a', 'a\u0000', 'b']) {
    found.push(await store.queryVersions(name, { uncommitted }))
    for (let at = -6; at <= 61; at++) found.push((await store.queryVersions(name, { asOf: at, uncommitted }))[0])
  }
  return found
}

function expected(naive: Naive): unknown[] {
  return ['', 'a', 'a\u0000', 'b'].flatMap(name => [
    naive.versions(name, -Infinity, Infinity),
    ...Array.from({ length: 68 }, (_, at) => naive.get(name, at - 6)),
  ])
}

async function follow(steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[], storageOf: () => Promise<RowStorage>) {
  let [current, frozen, committed] = [new Naive(), new Naive(), new Naive()]
  let opened = openOver(await storageOf())
  let offset = 0
  for (const each of steps) {
    if (each.kind === 'write') assert.is(await put(opened, each), current.put(each.key, each.value, each.time))
    else if (each.kind === 'get') assert.equal(await opened.store.get(each.key, each.time), current.get(each.key, each.time))
    else if (each.kind === 'versions')
      assert.equal(await all(opened.store.versions(each.key, each.from, each.to)), current.versions(each.key, each.from, each.to))
    else if (each.kind === 'freeze') {
      opened.managed.prepareCommit()
      frozen = current.copy()
    } else if (each.kind === 'apply') {
      await opened.managed.postCommit({ changelogOffset: ++offset })
      committed = frozen.copy()
    } else {
      await opened.managed.close()
      opened = openOver(await storageOf())
      current = committed.copy()
      frozen = committed.copy()
    }
    assert.equal(await opened.store.queryVersions('a'), committed.versions('a', -Infinity, Infinity))
  }
  assert.equal(await everything(opened, true), expected(current))
  assert.equal(await everything(opened, false), expected(committed))
  await opened.managed.close()
}

test('any writes in any order equal the model, in memory', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), steps => {
      const storage = new MemoryRows()
      return follow(steps, () => Promise.resolve(storage))
    }),
    { numRuns: 300 },
  )
})

test('any writes in any order equal the model, in LevelDB', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), steps =>
      withDirectory(directory => follow(steps, () => LevelRows.open(directory))),
    ),
    { numRuns: 25 },
  )
})

/** Of its last commit the first rows end what the others, which are not there, still have from before. */
const severalLate = [
  [{ key: 'b', value: undefined, time: 3 }],
  [{ key: 'b', value: 'x', time: 0 }],
  [
    { key: 'b', value: undefined, time: 1 },
    { key: 'b', value: undefined, time: 2 },
  ],
]

test('a restore from the changelog gives the same store, also with a partial commit and repeated writes', async () => {
  const commits = fc.array(fc.array(write, { maxLength: 8 }), { minLength: 1, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(commits, fc.nat(), async (written, cut) => {
      const opened = openOver(new MemoryRows())
      const naive = new Naive()
      const logged: (readonly Row[])[] = []
      for (const writes of written) {
        for (const each of writes) {
          await put(opened, each)
          naive.put(each.key, each.value, each.time)
        }
        logged.push(opened.managed.prepareCommit())
        await opened.managed.postCommit({ changelogOffset: 0 })
      }
      const last = logged.at(-1) as readonly Row[]
      const restored = openOver(new MemoryRows())
      await restored.managed.restore(logged.slice(0, -1).flat(), { changelogOffset: 0 })
      await restored.managed.restore(last.slice(0, cut % (last.length + 1)), { changelogOffset: 0 })
      for (const each of written.at(-1) ?? []) await put(restored, each)
      assert.equal(await everything(restored, true), expected(naive))
    }),
    { numRuns: 300, examples: [[severalLate, 2]] },
  )
})

test.run()
