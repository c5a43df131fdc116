import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LevelRows } from '../../../stores/rows/level-rows.ts'
import { MemoryRows } from '../../../stores/rows/memory-rows.ts'
import type { RowStorage } from '../../../stores/state-store.ts'
import { TransactionBuffer } from '../../../stores/rows/transaction-buffer.ts'
import { withDirectory } from '../temporary-directory.ts'

const test = suite('transaction buffer')

const key = fc.uint8Array({ maxLength: 2 }).map(bytes => bytes.map(byte => (byte % 3) * 127))
const value = fc.uint8Array({ maxLength: 3 })
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), key, value }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('get' as const), key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('range' as const), from: fc.option(key), to: fc.option(key) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('freeze' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('apply' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const bytes = (text: string): Buffer => Buffer.from(text, 'hex')

/** The three layers as whole maps, key and value in hex (whose order is the bytes' order). */
class Reference {
  current = new Map<string, string>()
  #frozen = new Map<string, string>()
  committed = new Map<string, string>()
  #changed = new Set<string>()
  #frozenChanged = new Set<string>()

  write(name: string, content: string | undefined): void {
    if (content === undefined) this.current.delete(name)
    else this.current.set(name, content)
    this.#changed.add(name)
  }

  freeze(): Map<string, string | undefined> {
    this.#frozen = new Map(this.current)
    this.#frozenChanged = new Set([...this.#frozenChanged, ...this.#changed])
    this.#changed.clear()
    return new Map([...this.#frozenChanged].map(name => [name, this.#frozen.get(name)]))
  }

  apply(): void {
    if (this.#frozenChanged.size === 0) return
    this.committed = new Map(this.#frozen)
    this.#frozenChanged.clear()
  }

  crash(): void {
    this.current = new Map(this.committed)
    this.#changed.clear()
    this.#frozenChanged.clear()
  }

  get dirty(): boolean {
    return this.#changed.size + this.#frozenChanged.size > 0
  }

  range(from: string | undefined, to: string | undefined): string[] {
    const inside = [...this.current].filter(([name]) => (from === undefined || name >= from) && (to === undefined || name < to))
    return inside.map(([name, content]) => `${name}=${content}`).sort((a, b) => (a.split('=')[0]! < b.split('=')[0]! ? -1 : 1))
  }
}

/** Runs the steps on both, comparing all that can be seen. */
async function follow(steps: readonly Step[], open: () => Promise<RowStorage>, reopen: boolean): Promise<void> {
  const reference = new Reference()
  let storage = await open()
  let buffer = new TransactionBuffer(storage)
  let offset = 0
  for (const step of steps) {
    if (step.kind === 'put') {
      buffer.put(step.key, step.value)
      reference.write(hex(step.key), hex(step.value))
    } else if (step.kind === 'delete') {
      buffer.delete(step.key)
      reference.write(hex(step.key), undefined)
    } else if (step.kind === 'get') {
      const found = buffer.get(step.key)
      assert.is(found === undefined ? undefined : hex(found), reference.current.get(hex(step.key)))
      const stored = buffer.committed.get(step.key)
      assert.is(stored === undefined ? undefined : hex(stored), reference.committed.get(hex(step.key)))
    } else if (step.kind === 'range') {
      assert.equal(
        await ranged(buffer, step.from, step.to),
        reference.range(step.from ? hex(step.from) : undefined, step.to ? hex(step.to) : undefined),
      )
    } else if (step.kind === 'freeze') {
      const rows = buffer.prepareCommit().map(row => [hex(row.key), row.value === null ? undefined : hex(row.value)] as const)
      assert.is(new Set(rows.map(([name]) => name)).size, rows.length)
      assert.equal(new Map(rows), reference.freeze())
    } else if (step.kind === 'apply') {
      await buffer.postCommit({ changelogOffset: ++offset })
      reference.apply()
      assert.is(buffer.checkpoint?.changelogOffset, offset)
    } else if (reopen) {
      await buffer.close()
      storage = await open()
      buffer = new TransactionBuffer(storage)
      reference.crash()
    } else {
      buffer = new TransactionBuffer(storage)
      reference.crash()
    }
    assert.is(buffer.dirty, reference.dirty)
  }
  assert.equal(await ranged(buffer), reference.range(undefined, undefined))
  await buffer.close()
}

async function ranged(buffer: TransactionBuffer, from?: Uint8Array | null, to?: Uint8Array | null): Promise<string[]> {
  const found: string[] = []
  for await (const [name, content] of buffer.range(from ?? undefined, to ?? undefined)) found.push(`${hex(name)}=${hex(content)}`)
  return found
}

test('behaves like a model of three maps, over memory', async () => {
  const steps = fc.array(step, { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(steps, steps => follow(steps, async () => new MemoryRows(), false)),
    { numRuns: 400 },
  )
})

test('behaves like a model of three maps, over LevelDB, and every reopened store is accepted', async () => {
  const corrupt: string[] = []
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 120 }), steps =>
      withDirectory(directory => follow(steps, () => LevelRows.open(`${directory}/store`, reason => corrupt.push(reason)), true)),
    ),
    { numRuns: 40 },
  )
  assert.equal(corrupt, [])
})

test('a failed apply does not change the rows, and may be repeated', async () => {
  const rows = new MemoryRows()
  let refusals = 1
  // The one storage of these tests that is made to fail: everything else goes to the real one.
  const refusing: RowStorage = {
    get: name => rows.get(name),
    range: (from, to) => rows.range(from, to),
    write: (written, checkpoint) => (refusals-- > 0 ? Promise.reject(new Error('no space left')) : rows.write(written, checkpoint)),
    clear: () => rows.clear(),
    close: () => rows.close(),
    get checkpoint() {
      return rows.checkpoint
    },
    get rows() {
      return rows.rows
    },
  }
  const buffer = new TransactionBuffer(refusing)
  buffer.put(bytes('01'), bytes('aa'))
  buffer.prepareCommit()
  buffer.put(bytes('02'), bytes('bb'))
  let failure: unknown
  await buffer.postCommit({ changelogOffset: 1 }).catch((error: unknown) => (failure = error))
  assert.is((failure as Error).message, 'no space left')
  assert.is(buffer.checkpoint, undefined)
  assert.is(hex(buffer.get(bytes('01')) as Uint8Array), 'aa')
  await buffer.postCommit({ changelogOffset: 1 })
  assert.is(hex(rows.get(bytes('01')) as Uint8Array), 'aa')
  assert.is(rows.get(bytes('02')), undefined)
  assert.equal(
    buffer.prepareCommit().map(row => hex(row.key)),
    ['02'],
  )
})

test.run()
