import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/sluice-error.ts'
import { stringSerde } from '../../records/serde.ts'
import type { KeyValueStore, Row, TypedManagedStore } from '../../stores/index.ts'
import { keyValueStore } from '../../stores/index.ts'
import { withDirectory } from './temporary-directory.ts'

type Opened = TypedManagedStore<KeyValueStore<string, string>>

const row = (key: string, value: string | null): Row => ({ key: Buffer.from(key), value: value === null ? null : Buffer.from(value) })
const shown = (rows: readonly Row[]): string[] =>
  rows.map(({ key, value }) => `${Buffer.from(key).toString()}=${value === null ? '-' : Buffer.from(value).toString()}`)
const at = (changelogOffset: number): { changelogOffset: number } => ({ changelogOffset })

async function entries(store: KeyValueStore<string, string>, from?: string, to?: string): Promise<string> {
  const found: string[] = []
  for await (const [key, value] of store.range(from, to)) found.push(`${key}=${value}`)
  return found.join(' ')
}

async function committed(store: KeyValueStore<string, string>, options?: { from?: string; limit?: number }): Promise<string> {
  const found: string[] = []
  for await (const { key, value } of store.queryAll(options)) found.push(`${key}=${String(value)}`)
  return found.join(' ')
}

/** What every storage must do through a store's life. `directory`: rows lie on disk and outlive a close. */
export function storeSuite(name: string, { persistent }: { readonly persistent: boolean }): void {
  const test = suite(name)
  const builder = keyValueStore({ name: 'kept', key: stringSerde, value: stringSerde, persistent })
  const within = (use: (open: () => Promise<Opened>) => Promise<void>): (() => Promise<void>) => {
    return () =>
      withDirectory(async directory => {
        const opened: Opened[] = []
        await use(async () => {
          for (const earlier of opened.splice(0)) await earlier.close()
          opened.push(await builder.open(`${directory}/store`))
          return opened[0] as Opened
        })
        for (const store of opened) await store.close()
      })
  }

  test(
    'a fresh store is empty and clean',
    within(async open => {
      const managed = await open()
      assert.is(managed.checkpoint, undefined)
      assert.is(managed.dirty, false)
      assert.is(managed.store.name, 'kept')
      assert.is(managed.store.get('a'), undefined)
      assert.is(await entries(managed.store), '')
      assert.equal(managed.prepareCommit(), [])
    }),
  )

  test(
    'own writes are read at once, queries see them after apply',
    within(async open => {
      const managed = await open()
      const { store } = managed
      store.put('a', '1')
      store.put('a', '2')
      store.put('b', '1')
      store.delete('b')
      assert.is(store.get('a'), '2')
      assert.is(store.get('b'), undefined)
      assert.is(managed.dirty, true)
      assert.is(store.query('a'), undefined)
      assert.equal(shown(managed.prepareCommit()), ['a=2', 'b=-'])
      assert.is(store.get('a'), '2')
      assert.is(store.query('a'), undefined)
      await managed.postCommit(at(7))
      assert.is(managed.dirty, false)
      assert.equal(managed.checkpoint, at(7))
      assert.is(store.query('a'), '2')
      assert.is(store.query('b'), undefined)
    }),
  )

  test(
    'writes during a commit belong to the next one',
    within(async open => {
      const managed = await open()
      const { store } = managed
      store.put('a', '1')
      store.put('b', '1')
      managed.prepareCommit()
      store.put('a', '2')
      store.delete('b')
      const applied = managed.postCommit(at(1))
      store.put('c', '2')
      await applied
      assert.is(store.query('a'), '1')
      assert.is(store.get('a'), '2')
      assert.is(store.get('b'), undefined)
      assert.equal(shown(managed.prepareCommit()), ['a=2', 'b=-', 'c=2'])
      await managed.postCommit(at(2))
      assert.is(await committed(store), 'a=2 c=2')
    }),
  )

  test(
    'a freeze during an apply loses nothing',
    within(async open => {
      const managed = await open()
      managed.store.put('a', '1')
      managed.prepareCommit()
      const applied = managed.postCommit(at(1))
      managed.store.put('b', '1')
      const rows = managed.prepareCommit()
      await applied
      assert.ok(shown(rows).includes('b=1'))
      assert.is(managed.dirty, true)
      await managed.postCommit(at(2))
      assert.is(await committed(managed.store), 'a=1 b=1')
    }),
  )

  test(
    'rows of a commit that failed come again',
    within(async open => {
      const managed = await open()
      managed.store.put('a', '1')
      managed.store.put('b', '1')
      managed.prepareCommit()
      managed.store.put('b', '2')
      assert.equal(shown(managed.prepareCommit()).sort(), ['a=1', 'b=2'])
    }),
  )

  test(
    'range merges both generations and the storage in byte order',
    within(async open => {
      const managed = await open()
      const { store } = managed
      for (const key of ['b', 'd', 'f', 'é']) store.put(key, 'stored')
      managed.prepareCommit()
      await managed.postCommit(at(1))
      store.put('a', 'frozen')
      store.put('d', 'frozen')
      store.delete('f')
      managed.prepareCommit()
      store.put('c', 'new')
      store.put('f', 'new')
      store.delete('b')
      store.put('Z', 'new')
      assert.is(await entries(store), 'Z=new a=frozen c=new d=frozen f=new é=stored')
      assert.is(await entries(store, 'a', 'd'), 'a=frozen c=new')
      assert.is(await entries(store, 'd'), 'd=frozen f=new é=stored')
      assert.is(await entries(store, undefined, 'a'), 'Z=new')
      assert.is(await entries(store, 'x', 'b'), '')
      assert.is(await committed(store), 'b=stored d=stored f=stored é=stored')
      assert.is(await committed(store, { from: 'd', limit: 2 }), 'd=stored f=stored')
      assert.is(await committed(store, { limit: 0 }), '')
    }),
  )

  test(
    'a range shows the moment at which it began',
    within(async open => {
      const managed = await open()
      const { store } = managed
      for (const key of ['a', 'b', 'c']) store.put(key, '1')
      managed.prepareCommit()
      await managed.postCommit(at(1))
      const seen: string[] = []
      for await (const [key, value] of store.range()) {
        seen.push(key + value)
        store.put('b', '2')
        store.put('d', '2')
        managed.prepareCommit()
        await managed.postCommit(at(2))
      }
      assert.is(seen.join(' '), 'a1 b1 c1')
      assert.is(await entries(store), 'a=1 b=2 c=1 d=2')
    }),
  )

  test(
    'restore writes through, the last row of a key counts',
    within(async open => {
      const managed = await open()
      await managed.restore([row('a', '1'), row('b', '1'), row('a', '2'), row('b', null), row('c', '')], at(12))
      assert.is(await committed(managed.store), 'a=2 c=')
      assert.is(managed.dirty, false)
      assert.equal(managed.checkpoint, at(12))
      await managed.restore([row('a', null)], at(13))
      assert.is(await committed(managed.store), 'c=')
    }),
  )

  test(
    'bytes of a batch that is used again do not change stored rows',
    within(async open => {
      const managed = await open()
      const batch = Buffer.from('key value')
      await managed.restore([{ key: batch.subarray(0, 3), value: batch.subarray(4) }], at(1))
      batch.fill('x')
      assert.is(await entries(managed.store), 'key=value')
    }),
  )

  test(
    'wipe removes rows, buffers and the checkpoint; the store goes on',
    within(async open => {
      const managed = await open()
      await managed.restore([row('a', '1')], at(1))
      managed.store.put('b', '1')
      managed.prepareCommit()
      managed.store.put('c', '1')
      await managed.wipe()
      assert.is(managed.checkpoint, undefined)
      assert.is(managed.dirty, false)
      assert.is(await entries(managed.store), '')
      managed.store.put('d', '1')
      managed.prepareCommit()
      await managed.postCommit(at(2))
      assert.is(await committed(managed.store), 'd=1')
    }),
  )

  test(
    'a checkpoint moves without rows',
    within(async open => {
      const managed = await open()
      await managed.postCommit(at(5))
      assert.equal(managed.checkpoint, at(5))
    }),
  )

  if (persistent) {
    test(
      'what was applied outlives a close, what was not is gone',
      within(async open => {
        const first = await open()
        first.store.put('a', '1')
        first.store.put('gone', '1')
        first.prepareCommit()
        await first.postCommit(at(1))
        first.store.put('a', '2')
        first.store.delete('gone')
        first.prepareCommit()
        first.store.put('b', '3')
        const second = await open()
        assert.equal(second.checkpoint, at(1))
        assert.is(await entries(second.store), 'a=1 gone=1')
      }),
    )

    test(
      'many rows, overwritten and deleted over several commits, are accepted when opened again',
      within(async open => {
        const first = await open()
        for (let commit = 0; commit < 4; commit++) {
          for (let i = 0; i < 5000; i++) {
            if ((i + commit) % 5 === 0) first.store.delete(`key-${i}`)
            else first.store.put(`key-${i}`, `value-${i % 7}-${commit}`.repeat(i % 50))
          }
          first.prepareCommit()
          await first.postCommit(at(commit))
        }
        const before = await entries(first.store)
        const second = await open()
        assert.equal(second.checkpoint, at(3))
        assert.is(await entries(second.store), before)
        assert.is(before.split(' ').length, 4000)
      }),
    )

    test(
      'a wiped store is empty when opened again',
      within(async open => {
        const first = await open()
        await first.restore([row('a', '1')], at(1))
        await first.wipe()
        const second = await open()
        assert.is(second.checkpoint, undefined)
        assert.is(await entries(second.store), '')
      }),
    )

    test(
      'a closed store says so',
      within(async open => {
        const first = await open()
        await first.close()
        assert.throws(
          () => first.store.get('a'),
          (error: unknown) => error instanceof SluiceError && error.code === 'STORE_CLOSED',
        )
      }),
    )
  }

  test.run()
}
