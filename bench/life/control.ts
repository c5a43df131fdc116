import type { ModelEvent } from '../../serving/index.ts'
import { partitionForKey } from '../../topology/runtime/index.ts'
import { audit, type AuditVerdict, faultsIn, Positions } from './audit.ts'
import type { Answer } from './answer-log.ts'
import { latencyFindings } from './latency-findings.ts'
import { LifeWorld, type WorldOptions } from './life-world.ts'
import { readAll } from './read-all.ts'
import type { Finding, LifeSettings } from './scenario.ts'
import { SteadyLoad } from './steady-load.ts'
import { SteeredModels } from './steered-models.ts'
import { modelOf, rowCount, rowOf, scoresOf, sha256Of, wineValue } from './wines.ts'

/** Eight tasks. */
const partitions = 8
const warmMs = 3000
/** Of the data types beside the steered one: version 1 is their only one. */
const calmModel = 100

/** A data type that is steered, those that are left alone, and the load of all. */
interface Cast {
  readonly steered: string
  readonly others: readonly string[]
  /** Record `at` of a tick. */
  readonly record: (at: number, tick: number) => { readonly key: Buffer; readonly value: Uint8Array; readonly partition?: number }
}

/** Half of the records are of the steered type. Keyed: a type on each partition, and a second one on that of the steered one. */
function castOf({ join }: WorldOptions): Cast {
  const steered = 'steered'
  const at = (partition: number): string => typeOn(partition, steered)
  const first = partitionForKey(Buffer.from(steered), partitions)
  const others = join === 'broadcast' ? ['calm'] : Array.from({ length: partitions }, (_, more) => at((first + more) % partitions))
  const count = (number: number): number => Math.floor(number / 2)
  return {
    steered,
    others,
    record: (number, tick) => {
      const type = number % 2 === 0 ? steered : (others[tick % others.length] as string)
      const row = count(number) % rowCount
      const value = wineValue(type, row)
      // Free keys, on two partitions a tick.
      if (join === 'broadcast') return { key: Buffer.from(`key-${row}`), value, partition: (2 * tick + (count(number) % 2)) % partitions }
      return { key: Buffer.from(type), value }
    },
  }
}

/** A data type whose records and models are on that partition. */
function typeOn(partition: number, besides: string): string {
  for (let at = 0; ; at++) {
    const name = `calm-${at}`
    if (name !== besides && partitionForKey(Buffer.from(name), partitions) === partition) return name
  }
}

/**
 * Under load: publish, canary, promote with a kill -9 of the instance that has it, roll back, models that are refused, and two controls at once for all eight tasks. Then every
 * result is held against the events.
 */
export function runControl(settings: LifeSettings, join: WorldOptions['join']): Promise<readonly Finding[]> {
  const options = { join, partitions }
  return LifeWorld.with(settings, options, async world => {
    const cast = castOf(options)
    const scores = new Map<string, Float64Array>()
    const models = new SteeredModels(world, cast.steered, scores)
    const calm = modelOf(calmModel)
    scores.set(sha256Of(calm), await scoresOf(calm))
    settings.log(`control, ${join}: two instances start`)
    await world.start('a', 'b')
    world.watch()
    await models.publish(1)
    for (const type of cast.others) await world.outcome(type, await world.publish(type, { name: 'calm', bytes: calm }))
    const load = await SteadyLoad.start(world.kafka, world.topic('data'), { rate: settings.rate, record: cast.record })
    await world.effective(cast.steered, 1)
    const from = Date.now() + warmMs
    models.underLoad()
    await world.pause(warmMs)
    const pairs = await steer(world, { settings, models, cast })
    const sent = await load.stop()
    await world.answers.count(sent)
    // A second result of a record would come after the first one.
    await world.pause(1000)
    const verdict = await judged(world, models, scores)
    const late = world.answers.all.filter(({ sentAt }) => sentAt >= from)
    return [
      ...rightFindings(verdict, world.answers.all, sent),
      asAskedFor(models),
      ordersFinding(world, pairs),
      ...latencyFindings({ answers: late, steered: cast.steered, marked: models.marked, echoes: world.echo.all }),
    ]
  })
}

interface Steering {
  readonly settings: LifeSettings
  readonly models: SteeredModels
  readonly cast: Cast
}

/** Everything that is asked for, with quiet stretches between; returns the policies of the last two controls, by data type. */
async function steer(world: LifeWorld, { settings, models, cast }: Steering): Promise<ReadonlyMap<string, readonly number[]>> {
  const { dataType } = models
  const quiet = async (what: string): Promise<void> => {
    await world.pause(settings.seconds * 1000)
    settings.log(`control, ${world.options.join}: ${what}`)
  }
  await quiet('canary at 10 %')
  await models.canary(2, 0.1)
  await quiet('promote, and kill -9 of the instance that has the models')
  await killed(world, models, kill => models.control({ promote: { version: 2 }, expect: { champion: 1 } }, kill))
  await quiet('roll back')
  await models.control({ rollback: {}, reason: 'worse than before' })
  await quiet('publish')
  await models.publish(3)
  await quiet('a model whose golden record does not match')
  await models.bad(4)
  await quiet('a model that kills its process, and one that never ends')
  await models.hostile('crash', 'process.abort()')
  await models.hostile('hang', 'for (;;);')
  await quiet('a control that expects another champion')
  await models.control({ promote: { version: 1 }, expect: { champion: 9 } })
  await quiet('two controls at once')
  const types = world.options.join === 'keyed' ? [dataType, ...cast.others] : [dataType]
  const pairs = await models.mark('swap', () => Promise.all(types.map(type => twoControls(world, type))))
  await quiet('the end')
  return new Map(types.map((type, at) => [type, pairs[at] as readonly number[]]))
}

/** Two policies for a data type, one right after the other; resolves once the second is in force in each of its partitions. */
async function twoControls(world: LifeWorld, dataType: string): Promise<readonly number[]> {
  const asked = [
    await world.control(dataType, { setPolicy: { bucketBy: 'alcohol' } }),
    await world.control(dataType, { setPolicy: { bucketBy: 'pH' } }),
  ]
  const policies = await Promise.all(asked.map(async each => (await world.outcome(dataType, each)).policy ?? 0))
  const told = world.options.join === 'keyed' ? [partitionForKey(Buffer.from(dataType), partitions)] : world.partitions
  for (const partition of told)
    await world.events.one(
      `policy ${policies[1]} of ${dataType} in partition ${partition}`,
      each =>
        each.event === 'effective' && each.dataType === dataType && each.policy === policies[1] && each.position?.partition === partition,
    )
  return policies
}

/** A change, and kill -9 of the instance that has the data type's models once its record is written; the instance comes back when the other one has taken over. */
async function killed(world: LifeWorld, models: SteeredModels, change: (onWritten: () => void) => Promise<unknown>): Promise<void> {
  const owner = await world.ownerOf(world.modelsTask(models.dataType))
  await models.mark('kill', async () => {
    let killing: Promise<void> | undefined
    await change(() => (killing = world.instance(owner).kill()))
    await killing
    await world.answers.reached(world.partitions, Date.now())
  })
  await models.mark('join', async () => {
    await world.start(owner)
    await world.answers.reached(world.partitions, Date.now())
    // Tasks go to the new instance a while after it is there.
    await world.pause(2000)
  })
}

async function judged(world: LifeWorld, models: SteeredModels, scores: ReadonlyMap<string, Float64Array>): Promise<AuditVerdict> {
  const inputs = (await readAll(world.kafka, world.topic('data'))).flatMap(({ partition, offset, value }) =>
    value === null ? [] : [{ partition, offset, ...rowOf(value) }],
  )
  return audit({
    inputs,
    answers: world.answers.all,
    events: world.events.all,
    challengersOf: (dataType, policy) => (dataType === models.dataType ? models.challengersOf(policy) : []),
    score: (hash, row) => scores.get(hash)?.[row],
  })
}

function rightFindings(verdict: AuditVerdict, answers: readonly Answer[], sent: number): readonly Finding[] {
  const { lost, doubled, foreign, complaints, ...wrong } = verdict
  const versions = new Set(answers.map(({ dataType, version }) => `${dataType}/${version}`)).size
  const told = Object.entries(wrong).map(([what, count]) => `${what} ${count}`)
  return [
    {
      what: 'every record has one result',
      found: `${answers.length} results of ${sent} records: ${lost} lost, ${doubled} doubled, ${foreign} of no record`,
      holds: lost + doubled + foreign === 0 && answers.length === sent,
    },
    {
      what: "every result has the policy, version and score that the audit's positions say",
      found: [`${answers.length} results of ${versions} versions: ${told.join(', ')}`, ...complaints].join('; '),
      holds: faultsIn(verdict) === 0,
    },
  ]
}

/** What each request brings: the name of its event, and what is said of a refusal. */
const wanted: readonly (readonly [event: ModelEvent['event'], why?: RegExp])[] = [
  ['accepted'],
  ['accepted'],
  ['accepted'],
  ['promoted'],
  ['rolledback'],
  ['accepted'],
  ['refused', /golden/],
  ['refused', /process (crashed|ended)/],
  ['refused', /took more than/],
  ['refused', /expects champion 9/],
]

function asAskedFor({ outcomes }: SteeredModels): Finding {
  return {
    what: 'accepted and refused as it should be, one event each',
    found: outcomes.map(({ event, why }) => (why === undefined ? event : `${event} (${why})`)).join(', '),
    holds:
      outcomes.length === wanted.length &&
      wanted.every(([event, why], at) => outcomes[at]?.event === event && (why?.test(outcomes[at]?.why ?? '') ?? true)),
  }
}

/** In each partition the policies took effect in the order of their numbers, and the last of the two controls at once is the last everywhere. */
function ordersFinding(world: LifeWorld, pairs: ReadonlyMap<string, readonly number[]>): Finding {
  const positions = new Positions(world.events.all)
  let [tasks, both, wrong] = [0, 0, 0]
  for (const [dataType, [first = 0, second = 0]] of pairs)
    for (const policies of positions.orders(dataType).values()) {
      tasks++
      if (policies.includes(first)) both++
      if (policies.some((policy, at) => at > 0 && policy <= (policies[at - 1] as number)) || policies.at(-1) !== second) wrong++
    }
  return {
    what: 'two controls at once: one order in every task, at recorded positions',
    found: `${tasks} orders, ${wrong} of them another one; ${both} had records between the two`,
    holds: wrong === 0 && tasks >= partitions,
  }
}
