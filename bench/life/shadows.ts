import { sluice } from '../../proto/messages.js'
import { processUse } from '../process-use.ts'
import { quantile } from '../quantile.ts'
import { LifeWorld } from './life-world.ts'
import { readAll } from './read-all.ts'
import type { Finding, LifeSettings } from './scenario.ts'
import { SteadyLoad } from './steady-load.ts'
import { SteeredModels } from './steered-models.ts'
import { wineValue } from './wines.ts'

const dataType = 'wine'
const { SHADOW } = sluice.ModelRole
const shadows = 2
/** A champion with two shadows costs less than so many times the champion alone. */
const mostTimes = 3.2
/** Of a backlog: what is sent at once, as seconds of the load. */
const backlogSeconds = 5
const drainMs = 1000

/** What a stretch of load cost. */
interface Cost {
  /** Processor time of the instance and its children for one record, µs. */
  readonly cpuUs: number
  /** Records a second. */
  readonly throughput: number
  /** Results of shadows for one record. */
  readonly shadowed: number
}

type Kind = 'paced' | 'backlog'

/** One instance and one partition: a champion alone and with two shadows, in turns, at a steady rate and with a backlog. */
export function runShadows(settings: LifeSettings): Promise<readonly Finding[]> {
  return LifeWorld.with(settings, { join: 'keyed', partitions: 1 }, async world => {
    const models = new SteeredModels(world, dataType, new Map())
    await world.start('a')
    world.watch()
    await models.publish(1)
    for (const number of [2, 4]) await models.publish(number, { role: { role: SHADOW } })
    const costs: Record<'alone' | 'shadowed', Record<Kind, Cost[]>> = {
      alone: { paced: [], backlog: [] },
      shadowed: { paced: [], backlog: [] },
    }
    for (let round = 0; round <= settings.rounds; round++)
      for (const mode of ['alone', 'shadowed'] as const) {
        const versions = mode === 'alone' ? [] : [{ version: 2 }, { version: 3 }]
        await models.control({ setPolicy: { shadows: versions } })
        const paced = await cost(world, () => steadily(world, settings))
        const backlog = await cost(world, () => atOnce(world, settings))
        const told = `${paced.cpuUs.toFixed(0)} µs a record at ${settings.rate}/s, ${backlog.throughput.toFixed(0)}/s of a backlog`
        settings.log(`shadows: ${mode}: ${told}${round === 0 ? ' (warming up)' : ''}`)
        if (round === 0) continue
        costs[mode].paced.push(paced)
        costs[mode].backlog.push(backlog)
      }
    return findings(costs.alone, costs.shadowed)
  })
}

/** Sends records and waits until all are answered; returns how many. */
async function steadily(world: LifeWorld, { rate, seconds }: LifeSettings): Promise<number> {
  const load = await SteadyLoad.start(world.kafka, world.topic('data'), {
    rate,
    record: at => ({ key: Buffer.from(dataType), value: wineValue(dataType, at) }),
  })
  await world.pause(seconds * 1000)
  return load.stop()
}

async function atOnce(world: LifeWorld, { rate }: LifeSettings): Promise<number> {
  const records = rate * backlogSeconds
  await world.write(
    world.topic('data'),
    Array.from({ length: records }, (_, at) => ({ key: Buffer.from(dataType), value: wineValue(dataType, at) })),
  )
  return records
}

async function cost(world: LifeWorld, send: () => Promise<number>): Promise<Cost> {
  const pid = world.instance('a').pid ?? 0
  const before = world.answers.all.length
  const shadowedBefore = await shadowResults(world)
  const [cpuBefore, began] = [(await processUse(pid)).cpuMs, performance.now()]
  const records = await send()
  await world.answers.count(before + records)
  const elapsed = performance.now() - began
  // Shadows come after the data.
  await world.pause(drainMs)
  const cpuMs = (await processUse(pid)).cpuMs - cpuBefore
  return {
    cpuUs: (cpuMs * 1000) / records,
    throughput: (records * 1000) / elapsed,
    shadowed: ((await shadowResults(world)) - shadowedBefore) / records,
  }
}

async function shadowResults(world: LifeWorld): Promise<number> {
  return (await readAll(world.kafka, world.topic('results-shadow'))).length
}

function findings(alone: Readonly<Record<Kind, readonly Cost[]>>, shadowed: Readonly<Record<Kind, readonly Cost[]>>): readonly Finding[] {
  const median = (costs: readonly Cost[], of: (cost: Cost) => number): number => quantile(costs.map(of), 0.5)
  const cpu = (costs: readonly Cost[]): number => median(costs, ({ cpuUs }) => cpuUs)
  const speed = (costs: readonly Cost[]): number => median(costs, ({ throughput }) => throughput)
  const scored = (costs: readonly Cost[]): number => median(costs, each => each.shadowed)
  const [times, slower] = [cpu(shadowed.paced) / cpu(alone.paced), speed(alone.backlog) / speed(shadowed.backlog)]
  const least = Math.min(...shadowed.paced.map(each => each.shadowed))
  return [
    {
      what: 'at a steady rate both shadows score every record',
      found: `${least.toFixed(3)} results of shadows a record, at least`,
      holds: least >= shadows,
      timed: true,
    },
    {
      what: `a champion with two shadows costs less than ${mostTimes} times the processor time of the champion alone`,
      found: `${cpu(shadowed.paced).toFixed(0)} µs a record instead of ${cpu(alone.paced).toFixed(0)}: ${times.toFixed(2)} times`,
      holds: times < mostTimes,
      timed: true,
    },
    {
      what: `and a backlog takes less than ${mostTimes} times as long`,
      found:
        `${speed(shadowed.backlog).toFixed(0)} instead of ${speed(alone.backlog).toFixed(0)} records/s: ${slower.toFixed(2)} times; ` +
        `there ${scored(shadowed.backlog).toFixed(2)} results of shadows a record, the rest is shed`,
      holds: slower < mostTimes,
      timed: true,
    },
  ]
}
