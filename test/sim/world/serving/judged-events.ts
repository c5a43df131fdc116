import type { ModelEvent } from '../../../../serving/model-event-log.ts'
import { placeOf } from '../judge.ts'
import { servedTopics } from './served-inputs.ts'
import type { Ending, JudgedChange, JudgedData, JudgedResult } from './serving-judge.ts'

interface Seen {
  readonly data: ReadonlyMap<string, JudgedData>
  readonly changes: ReadonlyMap<string, JudgedChange>
  /** In the order of their topic. */
  readonly events: readonly ModelEvent[]
}

/** Records of the models topic that have not exactly one verdict, or dead letters without one; gaps in the events of a data type. */
export function wrongVerdicts({ changes, events }: Seen, ending: Ending): string[] {
  const wrong: string[] = []
  const byPlace = grouped(events, ({ record }) => (record ? placeOf(servedTopics.models, record.partition, record.offset) : ''))
  const told = (place: string): readonly ModelEvent[] => byPlace.get(place) ?? []
  for (const [place, { letters }] of changes) {
    const own = told(place)
    const refusals = own.filter(({ event }) => event === 'refused').length
    if (letters !== refusals) wrong.push(`${place} is refused ${refusals} times, and has ${letters} dead letters`)
    if (own.filter(isLater).length > 1) wrong.push(`${place} came into force, or was dropped, more than once: ${JSON.stringify(own)}`)
  }
  for (const copies of grouped([...changes], ([place, { movedFrom }]) => movedFrom ?? place).values()) {
    const due = copies.some(([, change]) => isApplied(change, ending)) ? 1 : 0
    const verdicts = copies.flatMap(([place]) => told(place)).filter(event => !isLater(event))
    if (verdicts.length !== due) wrong.push(`${copies[0]?.[0]} has not ${due} verdicts: ${JSON.stringify(verdicts)}`)
  }
  for (const [dataType, own] of grouped(events, event => event.dataType)) {
    const found = own.flatMap(({ sequence }) => sequence ?? []).join(' ')
    const due = own.flatMap(({ sequence }) => (sequence === undefined ? [] : [0])).map((_none, at) => at + 1)
    if (found !== due.join(' ')) wrong.push(`the events of ${dataType} are ${found}`)
  }
  return wrong
}

/** Whether it is where the changes of its data type are, and was read. */
function isApplied({ partition, offset, key, dataType }: JudgedChange, { committed, home }: Ending): boolean {
  return String(key) === dataType && partition === home(dataType) && offset < committed(servedTopics.models, partition)
}

/** Results that another policy answered than the one in force at their position, and positions that no event tells. */
export function wrongPolicies({ data, events }: Seen, { keyed, patient, home }: Ending): string[] {
  const wrong: string[] = []
  const answered = [...data.values()].filter((each): each is Answered => each.result !== undefined)
  for (const [group, unordered] of grouped(answered, ({ partition, type }) => `${partition} ${type}`)) {
    const rows = unordered.toSorted((a, b) => a.offset - b.offset)
    const { partition, type } = rows[0] as Answered
    const own = events.filter(({ dataType }) => dataType === type)
    const told = wrongOrder(rows, own)
    // The models of a type, and what is known of its times, are with the data of one partition.
    const isTimed = keyed && patient && partition === home(type)
    wrong.push(...[...told, ...wrongPositions(rows, own), ...(isTimed ? wrongTimes(rows, own) : [])].map(text => `${group}: ${text}`))
  }
  return wrong
}

interface Answered extends JudgedData {
  readonly result: JudgedResult
}

/** A change that waited has come into force, or was dropped. */
function isLater(event: ModelEvent): boolean {
  return event.dropped !== undefined || tookForce(event)
}

function tookForce({ event, action, effectiveFrom }: ModelEvent): boolean {
  if (effectiveFrom === undefined || action === undefined || event === 'refused') return false
  return event !== 'accepted' || action === 'setRole'
}

/** Policies follow each other, and each has one champion. */
function wrongOrder(rows: readonly Answered[], events: readonly ModelEvent[]): string[] {
  const wrong: string[] = []
  const inForce = events.filter(event => event.policy !== undefined && (event.effectiveFrom === undefined || tookForce(event)))
  const champions = new Map(inForce.map(({ policy, champion }) => [policy, champion]))
  let before = 0
  for (const { offset, result } of rows) {
    const { policy, modelVersion, status } = result
    if (policy < before) wrong.push(`offset ${offset} is answered under policy ${policy}, after ${before}`)
    const due = policy === 0 ? 0 : champions.get(policy)
    if (modelVersion !== due) wrong.push(`offset ${offset} is answered by version ${modelVersion}, but policy ${policy} has ${due}`)
    if ((status === 'NO_MODEL') !== (policy === 0)) wrong.push(`offset ${offset} has status ${status} under policy ${policy}`)
    before = policy
  }
  return wrong
}

/** Each policy has one position: that of the first record that was answered under it. */
function wrongPositions(rows: readonly Answered[], events: readonly ModelEvent[]): string[] {
  const [{ partition }] = rows as readonly [Answered]
  const firsts = new Map<number, number>()
  for (const { offset, result } of rows) if (result.policy > 0 && !firsts.has(result.policy)) firsts.set(result.policy, offset)
  const due = [...firsts].map(([policy, offset]) => `${policy} from ${offset}`).join(', ')
  const told = events
    .filter(({ event, champion, position }) => event === 'effective' && champion !== 0 && position?.partition === partition)
    .toSorted((a, b) => (a.policy ?? 0) - (b.policy ?? 0))
    .map(({ policy, position }) => `${policy} from ${position?.offset}`)
    .join(', ')
  return told === due ? [] : [`the events tell of the policies ${told}; the results have ${due}`]
}

/**
 * A change for a time is in force from the first record of that time or a later one. How far the data of a type has come is known exactly once a change for a time
 * was taken; before that a stop of the instance may cost a second of it, so that the first of them may come too late for some records.
 */
function wrongTimes(rows: readonly Answered[], events: readonly ModelEvent[]): string[] {
  const wrong: string[] = []
  // There is no such time without a model.
  const since = rows.slice(rows.findIndex(({ result }) => result.policy > 0)).filter(({ result }) => result.policy > 0)
  const reaches = (time: number): number => since.find(({ timestamp }) => timestamp >= time)?.offset ?? Infinity
  const taken = events.filter(event => event.event === 'accepted' && event.effectiveFrom !== undefined && !isLater(event))
  const first = JSON.stringify(taken[0]?.record)
  for (const { policy = 0, effectiveFrom = 0, record } of events.filter(tookForce)) {
    const begins = since.find(({ result }) => result.policy >= policy)
    const from = JSON.stringify(record) === first ? Math.max(reaches(effectiveFrom), begins?.offset ?? 0) : reaches(effectiveFrom)
    for (const { offset, result } of since)
      if (result.policy >= policy !== offset >= from)
        wrong.push(`offset ${offset} is answered under policy ${result.policy}, but ${policy} is in force from ${from} (${effectiveFrom})`)
  }
  const ended = new Set(events.filter(isLater).map(({ record }) => JSON.stringify(record)))
  for (const { effectiveFrom = 0, record } of taken.slice(1))
    if (!ended.has(JSON.stringify(record)) && reaches(effectiveFrom) < Infinity)
      wrong.push(`${JSON.stringify(record)} still waits for ${effectiveFrom}, which offset ${reaches(effectiveFrom)} has reached`)
  return wrong
}

function grouped<T>(all: readonly T[], by: (each: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const each of all) {
    const own = groups.get(by(each)) ?? []
    own.push(each)
    groups.set(by(each), own)
  }
  return groups
}
