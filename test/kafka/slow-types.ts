import * as assert from 'uvu/assert'
import { eventually, type KafkaFixture } from './fixture.ts'
import { answered, readResults } from './serving-app.ts'

export interface SlowTypes {
  readonly guarantee: string
  /** Data types whose records had to wait. */
  readonly types: readonly string[]
  /** Those of each of them, in the order of its records. */
  readonly scores: readonly number[]
}

/** Waits until each input has its result – exactly one, where that is promised –, and checks those of some data types: all are OK, in order. There are no dead letters. */
export async function checkSlowTypes(fixture: KafkaFixture, { guarantee, types, scores }: SlowTypes): Promise<void> {
  const inputs = (await fixture.readAll('data')).map(({ partition, offset }) => `${partition}/${offset}`)
  const found = await eventually(
    () => readResults(fixture, inputs.length),
    results => new Set(results.map(answered)).size === inputs.length,
  )
  assert.equal([...new Set(found.map(answered))].toSorted(), inputs.toSorted())
  if (guarantee === 'exactly_once') assert.is(found.length, inputs.length)
  for (const dataType of types) {
    const own = found.filter(result => result.dataType === dataType)
    assert.equal([...new Set(own.map(({ status }) => status))], ['OK'])
    assert.equal([...new Set(own.map(({ score }) => score))], scores, dataType)
  }
  assert.equal(await fixture.readAll('dead-letters'), [])
}
