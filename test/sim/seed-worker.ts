/** The process that `SeedWorkers` asks: runs one seed after the other. */
import { runPlan } from './run-seed.ts'
import { useSabotage } from './sabotage.ts'
import type { SeedAnswer, SeedQuestion } from './seed-workers.ts'
import { drawPlan } from './world/plan.ts'

// Stack traces of errors that lead to a retry are never read, and capturing them takes a fifth of the run time.
Error.stackTraceLimit = 0
let undo: (() => void) | undefined

process.on('message', (question: SeedQuestion) => void answer(question))
process.on('disconnect', () => process.exit())

async function answer({ seed, twice, sabotage }: SeedQuestion): Promise<void> {
  if (sabotage !== undefined) undo ??= useSabotage(sabotage)
  const plan = drawPlan(seed)
  const before = process.cpuUsage()
  const outcome = await runPlan(plan)
  const { user, system } = process.cpuUsage(before)
  const differs = twice && (await runPlan(plan)).hash !== outcome.hash
  process.send?.({ seed, outcome: { ...outcome, cpuMs: (user + system) / 1000, differs } } satisfies SeedAnswer)
}
