import type { Fault } from './world/faults.ts'
import type { Plan } from './world/plan.ts'
import { Trace } from './world/trace.ts'
import { World, type WorldOutcome } from './world/world.ts'

export interface RunOptions {
  readonly write?: ((line: string) => void) | undefined
  readonly requests?: boolean
  /** How much later than usual the next message comes, ms. */
  readonly lateMs?: () => number
}

/** Runs the world of a plan. Worlds of a process run one after the other. */
export function runPlan(plan: Plan, { write, requests = false, lateMs }: RunOptions = {}): Promise<WorldOutcome> {
  return new World(plan, new Trace(write, requests), lateMs).run()
}

/** The fewest faults that were found with which the plan still fails, by leaving out halves, quarters, … and single ones. */
export async function shrink(plan: Plan, maxRuns = 60): Promise<Plan> {
  let faults: readonly Fault[] = plan.faults
  let runs = 0
  for (let size = Math.ceil(faults.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < faults.length && runs < maxRuns;) {
      const fewer = faults.filter((_, index) => index < from || index >= from + size)
      runs++
      // oxlint-disable-next-line no-await-in-loop -- one world at a time
      const { violations } = await runPlan({ ...plan, faults: fewer })
      if (violations.length > 0) faults = fewer
      else from += size
    }
  }
  return { ...plan, faults }
}
