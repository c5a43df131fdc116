import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MemoryRows } from '../../stores/rows/memory-rows.ts'
import { TransactionBuffer } from '../../stores/rows/transaction-buffer.ts'
import { UndoJournal } from '../../stores/undo-journal.ts'

const test = suite('undo journal')

type Rows = Map<string, string>
const names = ['a', 'b', 'c']
const write = fc.record({ store: fc.nat(1), key: fc.constantFrom(...names), value: fc.option(fc.stringMatching(/^[x-z]$/)) })

/** Two stores of one task, and what they show. */
function task(): { journal: UndoJournal; apply: (step: { store: number; key: string; value: string | null }) => void; shown: () => Rows } {
  const journal = new UndoJournal()
  const buffers = [new TransactionBuffer(new MemoryRows()), new TransactionBuffer(new MemoryRows())]
  for (const buffer of buffers) buffer.bind({ journal })
  return {
    journal,
    apply({ store, key, value }) {
      const buffer = buffers[store] as TransactionBuffer
      if (value === null) buffer.delete(Buffer.from(key))
      else buffer.put(Buffer.from(key), Buffer.from(value))
    },
    shown: () =>
      new Map(
        buffers.flatMap((buffer, store) =>
          names.flatMap(key => {
            const found = buffer.get(Buffer.from(key))
            return found === undefined ? [] : [[`${store}${key}`, Buffer.from(found).toString()] as const]
          }),
        ),
      ),
  }
}

test('any number of the last writes can be undone', () => {
  fc.assert(
    fc.property(fc.array(write), fc.array(write), fc.nat(), (before, during, cut) => {
      const { journal, apply, shown } = task()
      for (const step of before) apply(step)
      journal.begin()
      const states: [number, Rows][] = []
      for (const step of during) {
        states.push([journal.length, shown()])
        apply(step)
      }
      for (const at of [cut % (during.length + 1), 0]) {
        const [length, expected] = states[at] ?? [journal.length, shown()]
        if (length > journal.length) continue
        journal.undoTo(length)
        assert.equal(shown(), expected)
      }
      journal.end()
    }),
  )
})

test('writes outside the journal stay when those around them are undone', () => {
  fc.assert(
    fc.property(fc.array(write), fc.array(write, { minLength: 1 }), fc.array(write), fc.boolean(), (first, apart, last, inParts) => {
      const { journal, apply, shown } = task()
      for (const name of names) apply({ store: 0, key: name, value: 'w' })
      const expected = shown()
      for (const { store, key, value } of apart) {
        if (value === null) expected.delete(`${store}${key}`)
        else expected.set(`${store}${key}`, value)
      }
      journal.begin()
      for (const step of first) apply(step)
      const middle = journal.length
      journal.apart(() => {
        for (const step of apart) apply(step)
      })
      for (const step of last) apply(step)
      if (inParts) journal.undoTo(middle)
      journal.undoTo(0)
      assert.equal(shown(), expected)
    }),
  )
})

test('records nothing while no undo is possible', () => {
  const { journal, apply, shown } = task()
  apply({ store: 0, key: 'a', value: 'x' })
  assert.is(journal.length, 0)
  journal.begin()
  apply({ store: 0, key: 'a', value: 'y' })
  journal.end()
  apply({ store: 0, key: 'b', value: 'y' })
  journal.undoTo(0)
  assert.equal(
    shown(),
    new Map([
      ['0a', 'y'],
      ['0b', 'y'],
    ]),
  )
})

test.run()
