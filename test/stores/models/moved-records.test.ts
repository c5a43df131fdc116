import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modelStateSerde, type ModelState } from '../../../stores/models/model-rows.ts'
import { isMovedAgain, mostMoved, type MovedRecord, movedRecord, withMoved } from '../../../stores/models/moved-records.ts'

const test = suite('records that say they were moved')
const from = (offset: number, value: string | null, partition = 1): MovedRecord =>
  movedRecord({ partition, offset }, value === null ? null : Buffer.from(value))

/** The state after these records, written and read again. */
function stateAfter(...records: readonly MovedRecord[]): ModelState {
  let state: ModelState = { dataType: 'wine', current: 0, latest: 0, versions: [], nextOffset: 0 }
  for (const record of records) state = { ...state, ...withMoved(state, record) }
  return modelStateSerde.deserialize(modelStateSerde.serialize(state))
}

test('a copy is known by its content and its place, whatever came between', () => {
  const state = stateAfter(from(4, 'a'), from(9, 'b'), from(5, null))
  assert.equal(
    [from(4, 'a'), from(9, 'b'), from(5, null)].map(each => isMovedAgain(state, each)),
    [true, true, true],
  )
  assert.equal(
    [undefined, from(4, 'b'), from(4, 'a', 2), from(4, null), from(5, ''), from(3, 'a')].map(each => isMovedAgain(state, each)),
    [false, false, false, false, false, false],
  )
})

test('a place that a record claims makes no other record known: none before it, and none that is really there', () => {
  const state = stateAfter(from(Number.MAX_SAFE_INTEGER, 'forged'), from(7, 'forged'))
  assert.equal(
    [0, 6, 7, 8, 2 ** 40].map(offset => isMovedAgain(state, from(offset, 'real'))),
    [false, false, false, false, false],
  )
})

test('so many are remembered, the last ones', () => {
  const state = stateAfter(...Array.from({ length: mostMoved + 1 }, (_, offset) => from(offset, 'a')))
  assert.equal(
    [0, 1, mostMoved].map(offset => isMovedAgain(state, from(offset, 'a'))),
    [false, true, true],
  )
  assert.ok(modelStateSerde.serialize(state).length < 24 * mostMoved)
})

test('what an older build has noted, the last place of each partition, goes on to hold', () => {
  const former = { ...stateAfter(), movedUpTo: [{ partition: 1, offset: 7 }] }
  const state = { ...former, ...withMoved(former, from(20, 'a')) }
  const again = modelStateSerde.deserialize(modelStateSerde.serialize(state))
  assert.equal(
    [from(7, 'x'), from(8, 'x'), from(7, 'x', 2), from(20, 'a')].map(each => isMovedAgain(again, each)),
    [true, false, false, true],
  )
})

test.run()
