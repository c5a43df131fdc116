import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { countsBeyond, limits } from '../../base/limits/index.ts'
import { sluice } from '../../proto/messages.js'
import { ShadowRoom } from '../../serving/shadow-room.ts'
import type { TestRecord } from '../../topology/index.ts'
import { slow } from './held-format.ts'
import { type HeldServing, withHeld } from './held-serving.ts'
import { decodeResult, shiftedSum, wine } from './serving-driver.ts'

const test = suite('room for records that shadows score')
const counted = (): number => countsBeyond().find(([name]) => name === 'shadow_records')?.[1] ?? 0

/** Data types whose champion is quick, and whose shadow is held. */
async function heldShadows({ serving, bytes }: HeldServing, count: number): Promise<readonly string[]> {
  const types = Array.from({ length: count }, (_, at) => `held ${at}`)
  for (const dataType of types) {
    await serving.publish({ dataType, bytes })
    await serving.publish({ dataType, bytes: shiftedSum(1) })
    await serving.control(dataType, { setRole: { of: { version: 1 }, role: sluice.ModelRole.SHADOW } })
  }
  assert.equal(serving.deadLetters(), [])
  return types
}

const slowOnes = (dataType: string, count: number): TestRecord[] => Array.from({ length: count }, () => wine(dataType, slow))

/** What shadows gave for a data type whose shadow is of this process, and so at once. */
async function shadowed({ serving }: HeldServing): Promise<number> {
  await serving.send(...Array.from({ length: 100 }, () => wine('good', 1)))
  await serving.driver.advanceWallClockTime(20)
  return serving.driver.read('results-shadow').filter(({ value }) => decodeResult(value).dataType === 'good').length
}

test('any number of data types whose shadows take long: what is held of them is bounded, counted, and leaves room for others', () =>
  withHeld(async held => {
    const { serving, hold } = held
    await serving.publish({ dataType: 'good', bytes: shiftedSum(2) })
    await serving.control('good', { setRole: { of: { version: 1 }, role: sluice.ModelRole.SHADOW } })
    // Those of a call and those behind it.
    const [inCall, behind] = [1024, 256]
    const types = await heldShadows(held, Math.ceil(limits.shadow_records.most / (inCall + behind)) + 2)
    await hold('scores')
    const before = counted()
    for (const dataType of types) {
      await serving.send(...slowOnes(dataType, inCall))
      await serving.driver.advanceWallClockTime(20)
      await serving.send(...slowOnes(dataType, behind))
      await serving.driver.advanceWallClockTime(20)
    }
    const shed = serving.driver.metrics.families().find(({ name }) => name === 'sluice_shadow_records_shed_total')?.samples ?? []
    const kept = types.length * (inCall + behind) - shed.reduce((sum, { value }) => sum + value, 0)
    assert.ok(kept <= limits.shadow_records.most && kept > limits.shadow_records.most - inCall - behind, `${kept} are kept`)
    assert.is(counted() - before, types.length * (inCall + behind) - kept)
    assert.is(await shadowed(held), 100)
  }))

test('few data types whose shadows take long, and what waits behind them, take no room from others', () =>
  withHeld(async held => {
    const { serving, hold } = held
    await serving.publish({ dataType: 'good', bytes: shiftedSum(2) })
    await serving.control('good', { setRole: { of: { version: 1 }, role: sluice.ModelRole.SHADOW } })
    const types = await heldShadows(held, 5)
    await hold('scores')
    for (const dataType of types) {
      await serving.send(...slowOnes(dataType, 1))
      await serving.driver.advanceWallClockTime(20)
      await serving.send(...slowOnes(dataType, 1000))
    }
    assert.is(await shadowed(held), 100)
  }))

test('what waits is bounded in bytes, of a data type and in all', () => {
  const room = new ShadowRoom()
  const megabyte = 1024 * 1024
  /** How many records of a megabyte there is room for. */
  const fill = (most: number): number => {
    const rows: number[] = []
    let bytes = 0
    while (rows.length < most && room.take({ rows, bytes, behind: false }, megabyte)) {
      rows.push(1)
      bytes += megabyte
    }
    return rows.length
  }
  assert.equal(
    Array.from({ length: 9 }, () => fill(100)),
    [8, 8, 8, 8, 8, 8, 8, 8, 0],
  )
})

test('what has left makes room again', () => {
  const room = new ShadowRoom()
  for (let round = 0; round < 100; round++) {
    const rows: number[] = []
    while (room.take({ rows, bytes: rows.length, behind: false }, 1)) rows.push(1)
    assert.is(rows.length, 1024)
    assert.ok(room.call({ rows, bytes: rows.length, behind: false }, true))
    room.leave({ rows, bytes: rows.length, behind: false })
  }
})

test.run()
