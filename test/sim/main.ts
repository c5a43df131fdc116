/** `npm run sim -- [--seeds N] [--from N] [--minutes M] [--check] [--sabotage NAME,…|all]`, `--seed N [--trace] [--requests]`, or `--all-orders`: see docs/testing.md. */
import { parseArgs } from 'node:util'
import { exploreOrders, ordersTable, smallPlan } from './all-orders.ts'
import { formerFaults } from './former-faults.ts'
import { reportOf, SeedReport } from './report.ts'
import { runPlan, shrink } from './run-seed.ts'
import { sabotageNamed, sabotages, useSabotage } from './sabotage.ts'
import { SeedWorkers } from './seed-workers.ts'
import { drawPlan } from './world/plan.ts'
import { faultText } from './world/faults.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    workers: { type: 'string', default: '2' },
    sabotage: { type: 'string' },
    check: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    requests: { type: 'boolean', default: false },
    'all-orders': { type: 'boolean', default: false },
    bound: { type: 'string', default: '1' },
    schedules: { type: 'string', default: '100000' },
    except: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
  },
})

function write(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** One seed, told in full; a failing one is made smaller. */
async function one(seed: number): Promise<number> {
  const plan = drawPlan(seed)
  write(`seed ${seed}: ${JSON.stringify(plan.setup)}`)
  for (const fault of plan.faults) write(`  ${faultText(fault)}`)
  const undo = values.sabotage === undefined ? undefined : useSabotage(values.sabotage)
  const outcome = await runPlan(plan, values.trace ? { write, requests: values.requests } : {})
  write(reportOf(seed, outcome))
  if (outcome.violations.length > 0 && !values.keep && !values.trace) {
    const small = await shrink(plan)
    write(`fewest faults with which it fails: ${small.faults.length}`)
    await runPlan(small, { write, requests: values.requests })
  }
  undo?.()
  return outcome.violations.length > 0 ? 1 : 0
}

/** Many seeds, on several processes. */
async function many(): Promise<number> {
  const from = Number(values.from)
  const until = values.minutes === undefined ? Infinity : Date.now() + Number(values.minutes) * 60_000
  const end = values.minutes === undefined ? from + Number(values.seeds) : Infinity
  const report = new SeedReport(write)
  const workers = new SeedWorkers({
    count: Number(values.workers),
    twice: values.check,
    sabotage: values.sabotage,
    passesOver: values.sabotage === undefined ? () => false : cannotShow(values.sabotage),
    onOutcome: (seed, outcome) => report.add(seed, outcome),
  })
  await workers.run(from, seed => seed < end && Date.now() < until && report.failed.length < (values.sabotage === undefined ? 20 : 1))
  write(report.table())
  return report.failed.length > 0 ? 1 : 0
}

/** Seeds whose worlds cannot show the fault. */
function cannotShow(name: string): (seed: number) => boolean {
  const { shownBy = () => true } = sabotageNamed(name)
  return seed => !shownBy(drawPlan(seed))
}

/** Puts one fault after the other in, and tells the first seed that finds it. */
async function table(names: readonly string[]): Promise<number> {
  const [from, seeds] = [Number(values.from), Number(values.seeds)]
  const wrong = new Set(values.except.split(',').map(Number))
  const unfound: string[] = []
  const rows: string[] = []
  for (const name of names) {
    const found = new Map<number, string>()
    const began = performance.now()
    const workers = new SeedWorkers({
      count: Number(values.workers),
      twice: false,
      sabotage: name,
      passesOver: cannotShow(name),
      onOutcome: (seed, { violations: [first] }) => first !== undefined && !wrong.has(seed) && found.set(seed, first),
    })
    // oxlint-disable-next-line no-await-in-loop -- a fault needs processes of its own
    await workers.run(from, seed => seed < from + seeds && found.size === 0)
    const seed = found.size === 0 ? undefined : Math.min(...found.keys())
    const seconds = ((performance.now() - began) / 1000).toFixed(0)
    write(`${name.padEnd(20)}${`${seed ?? '–'}`.padEnd(7)}${`${seconds} s`.padEnd(8)}${found.get(seed ?? 0)?.slice(0, 150) ?? ''}`)
    rows.push(
      `| \`${name}\`${formerFaults.some(each => each.name === name) ? ' ¹' : ''} | ${sabotageNamed(name).what} | ${seed ?? `not by ${seeds}`} | ${seconds} |`,
    )
    if (seed === undefined) unfound.push(name)
  }
  write(['', '| fault (`--sabotage`) | what is wrong | found by seed | s |', '| --- | --- | --- | --- |', ...rows, ''].join('\n'))
  write(`${names.length - unfound.length} of ${names.length} faults are found${unfound.length === 0 ? '' : `; not ${unfound.join(', ')}`}`)
  return unfound.length > 0 ? 1 : 0
}

/** The orders of a small world, for each protocol of transactions. */
async function orders(): Promise<number> {
  const undo = values.sabotage === undefined ? undefined : useSabotage(values.sabotage)
  Error.stackTraceLimit = 0
  const bound = Number(values.bound)
  let wrong = 0
  for (const version of [2, 1] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one world at a time
    const explored = await exploreOrders(smallPlan(version), { bound, most: Number(values.schedules) })
    write(ordersTable(`two members, two partitions, three records; transaction.version ${version}`, explored, bound))
    wrong += explored.wrong.length
  }
  undo?.()
  return wrong > 0 ? 1 : 0
}

const known = sabotages.map(({ name }) => name)
const named = values.sabotage === 'all' ? known : (values.sabotage?.split(',') ?? [])
if (named.some(name => !known.includes(name))) {
  write(`--sabotage: all, or some of ${known.join(',')}`)
  process.exitCode = 2
} else if (values['all-orders']) process.exitCode = await orders()
else if (values.seed !== undefined) process.exitCode = await one(Number(values.seed))
else process.exitCode = named.length > 1 ? await table(named) : await many()
