import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ModelEvent } from '../../serving/model-event-log.ts'
import type { SimKafka } from './kafka/index.ts'
import { drawPlan, type Plan } from './world/plan.ts'
import { Trace } from './world/trace.ts'
import { World } from './world/world.ts'

const test = suite('simulated instances that serve models')

/** The first seeds whose worlds serve models exactly once. */
function servingPlans(count: number): readonly Plan[] {
  const found: Plan[] = []
  for (let seed = 1; found.length < count; seed++) {
    const plan = drawPlan(seed)
    if (plan.setup.serving !== undefined && plan.setup.guarantee === 'exactly_once') found.push(plan)
  }
  return found
}

function eventsIn(kafka: SimKafka): readonly ModelEvent[] {
  const topic = 'sim-model-events'
  const partitions = Array.from({ length: kafka.partitions(topic) }, (_none, partition) => kafka.log(topic, partition).records)
  return partitions.flat().flatMap(({ state, value }) => (state === 'committed' ? [JSON.parse(String(value)) as ModelEvent] : []))
}

test('each record has one answer, by the model that its position says; records wait, and changes come into force at their times', async () => {
  const wrong: string[] = []
  let waited = 0
  let timed = 0
  for (const plan of servingPlans(24)) {
    const world = new World(plan, new Trace())
    const { violations } = await world.run()
    if (violations.length > 0) wrong.push(`seed ${plan.seed}: ${violations[0]}`)
    const waiting = 'sim-ModelStateStore-waiting-changelog'
    for (let partition = 0; partition < world.kafka.partitions(waiting); partition++) waited += world.kafka.log(waiting, partition).end
    timed += eventsIn(world.kafka).filter(({ event, effectiveFrom }) => event === 'promoted' && effectiveFrom !== undefined).length
  }
  assert.equal(wrong, [])
  assert.ok(waited > 100 && timed > 5, `${waited} records of waiting, ${timed} promotions at their times`)
})

test.run()
