import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { exploreOrders, smallPlan } from './all-orders.ts'
import { runPlan, shrink } from './run-seed.ts'
import { useSabotage } from './sabotage.ts'
import { drawPlan } from './world/plan.ts'

const test = suite('simulation')

test('forty seeds are right', async () => {
  const wrong: string[] = []
  for (let seed = 1; seed <= 40; seed++) {
    const { violations } = await runPlan(drawPlan(seed))
    if (violations.length > 0) wrong.push(`seed ${seed}: ${violations[0]}`)
  }
  assert.equal(wrong, [])
})

test('a seed gives the same events each time', async () => {
  for (const seed of [3, 14, 15, 92, 65]) {
    const { hash, events } = await runPlan(drawPlan(seed))
    const again = await runPlan(drawPlan(seed))
    assert.equal([again.hash, again.events], [hash, events], `seed ${seed}`)
  }
})

for (const version of [2, 1] as const)
  test(`transaction.version ${version}: the orders of a small world differ, are all within the bound, and right`, async () => {
    const { wrong, schedules, different, complete } = await exploreOrders(smallPlan(version), { bound: 1, most: 25 })
    assert.equal([wrong, schedules, complete], [[], 25, false])
    assert.ok(different > 18, `${different} of 25 schedules differ`)
    const usual = await exploreOrders(smallPlan(version), { bound: 0, most: 40 })
    assert.equal([usual.wrong, usual.schedules, usual.complete], [[], 1, true])
  })

test('a fault of the product is found, and the seed made smaller', async () => {
  const undo = useSabotage('outputs-kept')
  try {
    for (let seed = 1; ; seed++) {
      const plan = drawPlan(seed)
      if ((await runPlan(plan)).violations.length === 0) {
        assert.ok(seed < 100, 'found within a hundred seeds')
        continue
      }
      const small = await shrink(plan, 12)
      assert.ok((await runPlan(small)).violations.length > 0)
      assert.ok(small.faults.length <= plan.faults.length)
      return
    }
  } finally {
    undo()
  }
})

test('a transaction that is begun on another connection is found in worlds about the ends of transactions', async () => {
  const plans = Array.from({ length: 200 }, (_none, seed) => drawPlan(seed)).filter(({ faults }) =>
    faults.some(({ kind }) => kind === 'ending'),
  )
  const undo = useSabotage('other-connection')
  try {
    for (const plan of plans) if ((await runPlan(plan)).violations.length > 0) return
  } finally {
    undo()
  }
  assert.unreachable('none of them finds it')
})

test.run()
