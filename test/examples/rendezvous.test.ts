import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Answer, type Decision, type Policy, rendezvous, topics } from '../../examples/rendezvous/index.ts'
import { jsonSerde } from '../../records/serde.ts'
import { stringSerde } from '../../records/serde.ts'
import { TopologyTestDriver } from '../../topology/index.ts'

const test = suite('rendezvous example')

const hour = 3_600_000
const policy: Policy = { models: ['smart', 'quick', 'third'], budgetMs: hour, decider: { kind: 'smartest' } }

/** The collector alone: the test answers in the place of the models. */
class Rendezvous {
  readonly #driver: TopologyTestDriver

  private constructor(driver: TopologyTestDriver) {
    this.#driver = driver
  }

  static async open(given: Partial<Policy> = {}): Promise<Rendezvous> {
    return new Rendezvous(await TopologyTestDriver.open(rendezvous({ ...policy, ...given })))
  }

  ask(key: string): Promise<void> {
    return this.#driver.pipe(topics.requests, { key, value: '{"value":1}' })
  }

  answer(key: string, model: string, score: number | null): Promise<void> {
    return this.#driver.pipe(topics.answers, { key, value: JSON.stringify({ model, score }) })
  }

  passes(ms: number): Promise<void> {
    return this.#driver.advanceWallClockTime(ms)
  }

  get decisions(): readonly string[] {
    return this.#driver
      .read(topics.decisions, { key: stringSerde, value: jsonSerde<Decision>() })
      .map(
        ({ key, value }) =>
          `${key} ${value?.cause} ${value?.score} by ${value?.contributors.join() || '-'}, without ${value?.missing.join() || '-'}`,
      )
  }

  read(topic: string): readonly string[] {
    return this.#driver
      .read(topic, { key: stringSerde, value: jsonSerde<Partial<Answer>>() })
      .map(({ key, value }) => `${key} ${value?.model ?? ''}`.trim())
  }

  get refused(): number {
    return this.#driver.read(TopologyTestDriver.deadLetterTopic).length
  }

  close(): Promise<void> {
    return this.#driver.close()
  }
}

test('decides early, by all, at the timeout, and by the fallback', async () => {
  const run = await Rendezvous.open({ fallback: -1 })
  for (const key of ['early', 'all', 'timeout', 'none']) await run.ask(key)
  assert.equal(run.read(topics.raced), ['early', 'all', 'timeout', 'none'])
  await run.answer('early', 'smart', 5)
  assert.equal(run.decisions, ['early early 5 by smart, without quick,third'])
  await run.answer('all', 'third', 3)
  await run.answer('all', 'quick', 2)
  await run.answer('all', 'smart', null)
  assert.equal(run.decisions, ['all all 2 by quick, without -'])
  await run.answer('timeout', 'third', 3)
  await run.answer('none', 'quick', null)
  await run.passes(1000)
  assert.equal(run.decisions, [])
  await run.passes(hour)
  assert.equal(run.decisions, ['none fallback -1 by -, without smart,third', 'timeout timeout 3 by third, without smart,quick'])
  await run.close()
})

test('a late answer goes to its own topic, and no request is raced or decided again', async () => {
  const run = await Rendezvous.open()
  await run.ask('a')
  await run.answer('a', 'smart', 5)
  await run.answer('a', 'quick', 6)
  await run.ask('a')
  await run.answer('a', 'smart', 7)
  assert.equal(run.decisions, ['a early 5 by smart, without quick,third'])
  assert.equal(run.read(topics.late), ['a quick', 'a smart'])
  assert.equal(run.read(topics.raced), ['a'])
  await run.passes(2 * hour)
  assert.equal(run.decisions, [])
  await run.close()
})

test('an answer that was there twice counts once; one that was not asked for is a dead letter', async () => {
  const run = await Rendezvous.open({ decider: { kind: 'mean' } })
  await run.ask('a')
  for (const score of [1, 9]) await run.answer('a', 'quick', score)
  await run.answer('a', 'third', 3)
  await run.answer('b', 'third', 3)
  assert.is(run.refused, 1)
  await run.answer('a', 'smart', 2)
  assert.equal(run.decisions, ['a all 2 by smart,quick,third, without -'])
  await run.close()
})

test.run()
