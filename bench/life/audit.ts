import type { ModelEvent } from '../../serving/index.ts'
import type { Answer } from './answer-log.ts'

/** A data record, as its topic has it. */
export interface Input {
  readonly partition: number
  readonly offset: number
  readonly dataType: string
  readonly row: number
}

/** What each policy may answer with, of one data type. */
export interface PolicyContent {
  readonly champion: number
  /** Versions with a share of the keys. */
  readonly challengers: readonly number[]
}

export interface AuditedRun {
  readonly inputs: readonly Input[]
  /** In the order of the topic. */
  readonly answers: readonly Answer[]
  /** Of all data types, in the order of the topic. */
  readonly events: readonly ModelEvent[]
  /** The challengers of a policy, as it was asked for. */
  readonly challengersOf: (dataType: string, policy: number) => readonly number[]
  /** The score of the model with this SHA-256 for a row, without the stream. */
  readonly score: (hash: string, row: number) => number | undefined
}

/** Numbers of faults; all are 0 where the run is right. */
export interface AuditVerdict {
  readonly lost: number
  readonly doubled: number
  readonly foreign: number
  /** Answers under another policy than the last that took effect at or before the record. */
  readonly otherPolicy: number
  /** Answers of another version than the policy has in that role, or with bytes that the version does not have. */
  readonly otherVersion: number
  /** Scores that the model does not give. */
  readonly otherScore: number
  /** Rows that met two versions under one policy. */
  readonly unsteady: number
  /** Events that are missing in the sequence of their data type, told twice, or out of order. */
  readonly badEvents: number
  readonly complaints: readonly string[]
}

const mostComplaints = 10
const tolerance = 1e-6

/** Holds every answer against what the audit – the events of models – says of its record. It knows nothing but topics, and what was asked for. */
export function audit(run: AuditedRun): AuditVerdict {
  const complaints: string[] = []
  const complain = (text: string): number => {
    if (complaints.length < mostComplaints) complaints.push(text)
    return 1
  }
  const inputs = new Map(run.inputs.map(input => [placeOf(input), input]))
  const answered = new Set<string>()
  const positions = new Positions(run.events)
  const hashes = new Map(
    run.events.flatMap(({ dataType, version, hash }) => (hash === undefined ? [] : [[`${dataType}/${version}`, hash]])),
  )
  const met = new Map<string, number>()
  const count = { doubled: 0, foreign: 0, otherPolicy: 0, otherVersion: 0, otherScore: 0, unsteady: 0 }
  for (const answer of run.answers) {
    const place = placeOf(answer)
    const [input, name] = [inputs.get(place), `the result of ${place} (${answer.dataType})`]
    if (input === undefined || input.dataType !== answer.dataType) {
      count.foreign += complain(`${name} is of no input`)
      continue
    }
    if (answered.has(place)) count.doubled += complain(`${name} is there twice`)
    answered.add(place)
    const inForce = positions.at(answer)
    const { policy, version, role, status, hash } = answer
    const said = `${name} has status ${status} and policy ${policy}`
    if (inForce === undefined) {
      if (status !== 'NO_MODEL' || policy !== 0) count.otherPolicy += complain(`${said}; none was in force there`)
      continue
    }
    if (status !== 'OK' || policy !== inForce.policy) {
      count.otherPolicy += complain(`${said}; in force there was ${inForce.policy}`)
      continue
    }
    const may = role === 'CHAMPION' ? [inForce.champion] : role === 'CHALLENGER' ? run.challengersOf(answer.dataType, policy) : []
    if (!may.includes(version) || hashes.get(`${answer.dataType}/${version}`) !== hash)
      count.otherVersion += complain(
        `${name} under policy ${policy} is of version ${version} as ${role}, but may be of ${may.join(', ') || 'none'}`,
      )
    const score = run.score(hash, input.row)
    if (score === undefined || Math.abs(score - answer.score) > tolerance)
      count.otherScore += complain(`${name} has score ${answer.score}; its model gives ${score}`)
    const key = `${answer.dataType}/${policy}/${input.row}`
    const before = met.get(key)
    if (before === undefined) met.set(key, version)
    else if (before !== version) count.unsteady += complain(`row ${input.row} met versions ${before} and ${version} under policy ${policy}`)
  }
  const lost = inputs.size - answered.size
  if (lost > 0) complain(`the input ${[...inputs.keys()].find(place => !answered.has(place))} has no result`)
  return { lost, ...count, badEvents: badEventsIn(run.events, complain), complaints }
}

/** The number of faults. */
export function faultsIn(verdict: AuditVerdict): number {
  const { lost, doubled, foreign, otherPolicy, otherVersion, otherScore, unsteady, badEvents } = verdict
  return lost + doubled + foreign + otherPolicy + otherVersion + otherScore + unsteady + badEvents
}

interface InForce {
  readonly offset: number
  readonly policy: number
  readonly champion: number
}

/** Which policy was in force at a record. */
export class Positions {
  /** By data type and partition, in the order of the offsets. */
  readonly #all = new Map<string, InForce[]>()

  constructor(events: readonly ModelEvent[]) {
    for (const { event, dataType, position, policy = 0, champion = 0 } of events) {
      if (event !== 'effective' || position === undefined) continue
      const key = `${dataType}/${position.partition}`
      this.#all.set(key, [...(this.#all.get(key) ?? []), { offset: position.offset, policy, champion }])
    }
    for (const found of this.#all.values()) found.sort((one, other) => one.offset - other.offset)
  }

  at({ dataType, partition, offset }: Pick<Answer, 'dataType' | 'partition' | 'offset'>): InForce | undefined {
    return this.#all.get(`${dataType}/${partition}`)?.findLast(each => each.offset <= offset)
  }

  /** The policies of each partition in the order in which they took effect. */
  orders(dataType: string): ReadonlyMap<number, readonly number[]> {
    const own = [...this.#all].filter(([key]) => key.slice(0, key.lastIndexOf('/')) === dataType)
    return new Map(own.map(([key, found]) => [Number(key.slice(key.lastIndexOf('/') + 1)), found.map(({ policy }) => policy)]))
  }
}

/** Numbered events are 1, 2, … for each data type; those that take effect are told once for each policy and partition. */
function badEventsIn(events: readonly ModelEvent[], complain: (text: string) => number): number {
  const next = new Map<string, number>()
  const told = new Set<string>()
  let bad = 0
  for (const { event, dataType, sequence, position, policy } of events) {
    if (event === 'effective') {
      const key = `${dataType}/${position?.partition}/${policy}`
      if (told.has(key)) bad += complain(`policy ${policy} of ${dataType} took effect twice in partition ${position?.partition}`)
      told.add(key)
    }
    if (sequence === undefined) continue
    const wanted = next.get(dataType) ?? 1
    if (sequence !== wanted) bad += complain(`the event after ${wanted - 1} of ${dataType} has number ${sequence}`)
    next.set(dataType, sequence + 1)
  }
  return bad
}

function placeOf({ partition, offset }: { readonly partition: number; readonly offset: number }): string {
  return `${partition}:${offset}`
}
