import { quantile } from '../quantile.ts'
import type { ChaosInstance } from '../chaos/index.ts'
import type { Span } from '../echo/index.ts'
import { useOf } from '../process-use.ts'
import type { Answer } from './answer-log.ts'
import { audit, faultsIn } from './audit.ts'
import { LifeWorld } from './life-world.ts'
import { lineFit } from './line-fit.ts'
import { readAll } from './read-all.ts'
import type { Finding, LifeSettings } from './scenario.ts'
import { SteadyLoad } from './steady-load.ts'
import { SteeredModels } from './steered-models.ts'
import { rowOf, wineValue } from './wines.ts'

const dataType = 'wine'
/** Points of the lines: each is of as many swaps. */
const blocks = 40
/** The memory is looked at after so many swaps: to ask for it costs something, too. */
const lookEvery = 5
/** A process grows at first whatever it does: of the blocks those before this share are left out. */
const warmShare = 0.4
/** A line is flat if it does not rise by more than two standard errors, or by less than this share of its mean over the run. */
const flatShare = 0.05

/** A swap, and what was seen from its publication until its first result. */
interface Swap extends Span {
  /** Resident memory of the instance, and of that JavaScript's heap and buffers. */
  readonly rssMb: number
  readonly heapMb: number
}

/** One instance with a load; swaps one after the other, each of another model. */
export function runSwaps(settings: LifeSettings): Promise<readonly Finding[]> {
  return LifeWorld.with(settings, { join: 'keyed', partitions: 1 }, async world => {
    const scores = new Map<string, Float64Array>()
    const models = new SteeredModels(world, dataType, scores)
    await world.start('a')
    world.watch()
    await models.publish(1)
    const load = await SteadyLoad.start(world.kafka, world.topic('data'), {
      rate: settings.rate / 2,
      record: at => ({ key: Buffer.from(dataType), value: wineValue(dataType, at) }),
    })
    await world.effective(dataType, 1)
    models.underLoad()
    const swaps: Swap[] = []
    let memory = { rssMb: 0, heapMb: 0 }
    for (let number = 2; number <= settings.swaps + 1; number++) {
      await models.publish(number)
      if (number % lookEvery === 0 || swaps.length === 0) memory = await memoryOf(world.instance('a'))
      swaps.push({ ...(models.changes.at(-1) as Span), ...memory })
      if (number % 100 === 0)
        settings.log(`swaps: ${number} of ${settings.swaps}; ${memory.rssMb.toFixed(0)} MB, heap ${memory.heapMb.toFixed(0)} MB`)
      settings.signal.throwIfAborted()
    }
    const sent = await load.stop()
    await world.answers.count(sent)
    const inputs = (await readAll(world.kafka, world.topic('data'))).flatMap(({ partition, offset, value }) =>
      value === null ? [] : [{ partition, offset, ...rowOf(value) }],
    )
    const { answers, events } = world
    const verdict = audit({
      inputs,
      answers: answers.all,
      events: events.all,
      challengersOf: () => [],
      score: (hash, row) => scores.get(hash)?.[row],
    })
    const policies = new Set(answers.all.map(({ policy }) => policy)).size
    return [
      {
        what: "every record has one result, of the version that the audit's positions say",
        found: [`${answers.all.length} results under ${policies} policies, ${faultsIn(verdict)} faults`, ...verdict.complaints].join('; '),
        holds: faultsIn(verdict) === 0 && policies === settings.swaps + 1,
      },
      ...slopes(swaps, answers.all),
    ]
  })
}

async function memoryOf({ pid = 0, port }: ChaosInstance): Promise<Pick<Swap, 'rssMb' | 'heapMb'>> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  const bytes = (name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1] ?? NaN)
  const { rssMb } = await useOf(pid)
  return { rssMb, heapMb: (bytes('nodejs_heap_size_used_bytes') + bytes('nodejs_external_memory_bytes')) / 2 ** 20 }
}

function slopes(swaps: readonly Swap[], answers: readonly Answer[]): readonly Finding[] {
  const sorted = answers.toSorted((one, other) => one.seenAt - other.seenAt)
  const size = Math.max(1, Math.floor(swaps.length / blocks))
  const all = Array.from({ length: Math.floor(swaps.length / size) }, (_, block) => swaps.slice(block * size, (block + 1) * size))
  const points = all.slice(Math.floor(all.length * warmShare)).map(block => {
    const [from, to] = [block[0]!.from, block.at(-1)!.to]
    const waits = sorted.filter(({ seenAt }) => seenAt >= from && seenAt <= to).map(({ sentAt, seenAt }) => seenAt - sentAt)
    return {
      at: swaps.indexOf(block[0]!),
      // What is left after the collections of garbage in it.
      memory: Math.min(...block.map(({ rssMb }) => rssMb)),
      heap: Math.min(...block.map(({ heapMb }) => heapMb)),
      median: quantile(waits, 0.5),
      p99: quantile(waits, 0.99),
      swap: quantile(
        block.map(each => each.to - each.from),
        0.5,
      ),
    }
  })
  const finding = (what: string, unit: string, value: (point: (typeof points)[number]) => number): Finding =>
    flat(
      `${what}: no slope over ${swaps.length} swaps`,
      unit,
      points.map(point => [point.at, value(point)] as const),
      swaps.length,
    )
  return [
    finding('memory of the instance', 'MB', ({ memory }) => memory),
    finding("of that JavaScript's heap and buffers", 'MB', ({ heap }) => heap),
    finding('median latency', 'ms', ({ median }) => median),
    finding('p99 of the latency', 'ms', ({ p99 }) => p99),
    finding('from a publication to its first result, median', 'ms', ({ swap }) => swap),
  ]
}

function flat(what: string, unit: string, points: readonly (readonly [number, number])[], swaps: number): Finding {
  const { slope, error, mean } = lineFit(points)
  const [rise, rises] = [slope * swaps, error * swaps]
  return {
    what,
    found: `mean ${mean.toFixed(1)} ${unit}; the line rises by ${rise.toFixed(2)} ± ${rises.toFixed(2)} ${unit} (${points.length} points)`,
    holds: rise <= 2 * rises || rise <= flatShare * mean,
    timed: true,
  }
}
