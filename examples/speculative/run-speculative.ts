import { setTimeout as sleep } from 'node:timers/promises'
import { PlainTimers } from './plain-timers.ts'
import { type Away, type Decided, RaceGroup } from './race-group.ts'

const perSecond = 500
const seconds = 16
const budgetMs = 20
/** Within which decisions count as in time. */
const inTimeMs = 25
/** Less than this share in time is a fault of the example, where broker and load have the same two processors as the instance: how near a decision comes to its budget is shown. */
const leastInTime = 0.8
/** Where less than this share of the timers of a process that does nothing else are in time, nothing is said of the decisions. */
const timelyTimers = 0.97

/** What was proved: a line each; `holds` false: it did not hold. */
export interface Proved {
  readonly what: string
  readonly found: string
  readonly holds: boolean
}

/**
 * A champion answers; then a control record makes two models race, of which the smart one takes three times the budget; in the middle the instance is killed, and
 * starts again; then another control record makes the first good score the result.
 */
export async function runSpeculative(brokers: string, tell: (line: string) => void): Promise<readonly Proved[]> {
  const group = await RaceGroup.open(brokers)
  const racers = [{ name: 'slow' }, { name: 'fast' }]
  let timers: PlainTimers | undefined
  try {
    await group.start()
    for (const name of ['slow', 'fast']) await group.publish(name)
    await group.settled(2)
    const raced = group.sent
    await group.policy({ racers, decider: 'smartest', budgetMs })
    await group.settled(3)
    tell(`${perSecond} records a second; a fast model and a slow one race, and the smartest within ${budgetMs} ms decides`)
    timers = new PlainTimers(budgetMs, inTimeMs)
    const sending = group.send(perSecond * seconds, perSecond)
    await sleep((seconds * 1000) / 2)
    tell('kill -9 of the instance, and a new start')
    const away = await group.killed()
    await sending
    const machine = await timers.inTime()
    await group.results(group.sent)
    tell('from here on the first good score decides')
    await group.policy({ racers, decider: 'firstGood', budgetMs })
    await group.settled(4)
    await group.send(perSecond * 2, perSecond)
    const results = await group.results(group.sent)
    const late = await group.late((perSecond * seconds) / 2)
    return [
      ...proved(results, late),
      punctual(results, away, machine),
      { what: 'the instance was killed and ran again', ...wasAway(away, results.length - raced) },
    ]
  } finally {
    timers?.end()
    await group.close()
  }
}

function proved(decided: readonly Decided[], late: readonly Decided[]): readonly Proved[] {
  const raced = decided.filter(({ decision }) => decision !== undefined)
  const under = (policy: number): readonly Decided[] => decided.filter(each => each.policy === policy)
  const inOrder = decided.every(({ offset }, at) => offset === at)
  const back = decided.some(({ policy }, at) => policy < (decided[at - 1]?.policy ?? 0))
  const faults = raced.flatMap(each => faultOf(each) ?? [])
  const causes = ['ALL', 'EARLY', 'TIMEOUT', 'FALLBACK'].map(
    cause => `${cause.toLowerCase()} ${raced.filter(({ decision }) => decision?.cause === cause).length}`,
  )
  const unknown = late.filter(({ offset, modelName, score }) => {
    const part = decided[offset]?.decision?.models.find(({ name }) => name === modelName)?.part
    return part !== 'MISSING' || score !== scoreOf(modelName, offset)
  })
  return [
    { what: 'every record has one result, in order', found: `${decided.length}`, holds: inOrder },
    {
      what: 'each policy from its position on',
      found: [1, 2, 3, 4].map(policy => `${policy}: ${under(policy).length}`).join(', '),
      holds: !back && [3, 4].every(policy => under(policy).every(({ decision }) => decision?.decider === deciders.get(policy))),
    },
    { what: 'cause, contributors and score are right', found: faults[0] ?? causes.join(', '), holds: faults.length === 0 },
    {
      what: 'what came late was missing in its decision',
      found: `${late.length} late scores`,
      holds: unknown.length === 0 && late.length > 0 && new Set(late.map(keyOf)).size === late.length,
    },
  ]
}

/** How near to the budget the decisions were. Those do not count that waited for an instance which was away, or had not caught up yet: their budget begins when it does. */
function punctual(decided: readonly Decided[], { from, to }: Away, timers: number): Proved {
  const there = decided.filter(({ offset, decision }) => decision?.decider === 'smartest' && (offset < from || offset >= to))
  const times = there.map(({ decision }) => decision?.elapsed ?? 0).sort((a, b) => a - b)
  const inTime = times.filter(time => time <= inTimeMs).length / times.length
  const machine = `of plain timers ${percent(timers)}${timers < timelyTimers ? ', so not judged: the machine is busy' : ''}`
  return {
    what: `decided within ${inTimeMs} ms of arrival`,
    found: `${percent(inTime)} of ${times.length} (p50 ${ms(times, 0.5)}, p99 ${ms(times, 0.99)}); ${machine}`,
    holds: inTime >= leastInTime || timers < timelyTimers,
  }
}

const deciders: ReadonlyMap<number, string> = new Map([
  [3, 'smartest'],
  [4, 'firstGood'],
])

/** What contradicts the models that were in time; undefined: nothing does. */
function faultOf({ offset, status, modelName, score, role, decision }: Decided): string | undefined {
  const parts = new Map(decision?.models.map(model => [model.name, model]))
  const [slow, fast] = [parts.get('slow'), parts.get('fast')]
  if (decision === undefined || slow === undefined || fast === undefined) return `${offset}: a model is neither missing nor there`
  const present = [slow, fast].filter(({ part }) => part !== 'MISSING')
  const winner = present.find(({ part }) => part === 'CONTRIBUTED')
  if (present.length === 0) return status === 'NO_RESULT' && decision.cause === 'TIMEOUT' ? undefined : `${offset}: none was in time`
  if (winner === undefined || winner.name !== modelName || status !== 'OK' || role !== 'RACER') return `${offset}: no racer has won`
  if (decision.decider === 'smartest' && winner !== present[0]) return `${offset}: the slow model should have won`
  if (score !== scoreOf(modelName, offset)) return `${offset}: the score is ${score}`
  if (present.some(({ elapsed = 0 }) => elapsed > decision.elapsed)) return `${offset}: an answer came after the decision`
  return decision.cause === causeOf(decision.decider, present.length, winner.name) ? undefined : `${offset}: its cause is ${decision.cause}`
}

/** Which cause a decision has, by the number of models that had answered. */
function causeOf(decider: string, answered: number, winner: string): string {
  if (answered === 2) return 'ALL'
  return decider === 'smartest' && winner === 'fast' ? 'TIMEOUT' : 'EARLY'
}

function scoreOf(model: string, offset: number): number {
  return (1000 + offset) * (model === 'slow' ? 2 : 1)
}

function keyOf({ offset, modelName }: Decided): string {
  return `${modelName} ${offset}`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}

function ms(sorted: readonly number[], part: number): string {
  return `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN).toFixed(1)} ms`
}

function wasAway({ ms: awayMs }: Away, raced: number): Pick<Proved, 'found' | 'holds'> {
  return { found: `${Math.round(awayMs)} ms, ${raced} records`, holds: raced >= perSecond * seconds }
}
