import type Long from 'long'
import { sluice } from '../../proto/state-messages.js'
import { protobufSerde, type Serde } from '../../records/index.ts'

/** The place of a record in its topic. */
export interface RecordPlace {
  /** The partition of the topic. */
  readonly partition: number
  /** The offset in the partition. */
  readonly offset: number
}

/** A version and its share of the keys. */
export interface ModelShare {
  /** The version's number. */
  readonly version: number
  /** Its share of the keys: above 0, at most 1. */
  readonly weight: number
}

/** A version that races. */
export interface ModelRacer {
  /** The version's number; 0: the newest that has the name. */
  readonly version: number
  /** The name; empty: the number says which. */
  readonly name: string
  /** The weight of its vote; 0: 1. */
  readonly weight: number
}

/** A model of a composite. */
export interface ModelStep {
  /** The version's number. */
  readonly version: number
  /** The name of which a version that becomes the champion takes its place; empty: none does. */
  readonly name: string
}

/** Which versions do what for the records of a data type. A version has at most one role. */
export interface ModelRoutes {
  /** The version whose scores are the results; 0: no model serves. */
  readonly champion: number
  /** The versions that score a share of the keys in its place. */
  readonly challengers: readonly ModelShare[]
  /** The versions that score beside it, when there is time. */
  readonly shadows: readonly number[]
  /** The version that answers where the champion failed; 0: none. */
  readonly fallback: number
  /** Whether the records are archived. */
  readonly decoy: boolean
  /** The field whose value decides which challenger a record goes to; empty: the record's key. */
  readonly bucketBy: string
  /** The decider of the races: its kind, or JSON with its rules. Empty: none. */
  readonly decider: string
  /** The budget of the decider, ms; 0: none. */
  readonly budgetMs: number
  /** The versions that race, the smartest first. Empty: the champion and its challengers answer. */
  readonly racers: readonly ModelRacer[]
  /** The models of a composite: each takes the outputs of the one before it, and the last is the champion. Empty: the champion takes the record alone. */
  readonly steps: readonly ModelStep[]
}

/** A policy of a data type: its routes, and where they come from. */
export interface ModelRouting extends ModelRoutes, RecordPlace {
  /** 1, 2, … per data type; 0: the champion of a state that an older build of Sluice wrote. */
  readonly number: number
  /** The champions before, the newest last. */
  readonly formerChampions: readonly number[]
  /** When it was accepted, epoch ms. */
  readonly acceptedAt: number
  /** The event time, epoch ms, from which it is in force. Absent: it was in force at once. */
  readonly effectiveFrom?: number
  /** Who asked for it. Absent: nobody is named. */
  readonly who?: string
  /** Why. Absent: no reason is named. */
  readonly reason?: string
  /** The first data record that it was in force for (join: keyed). Absent: there was none so far. */
  readonly position?: RecordPlace
  /** When that record was processed, epoch ms. Absent: there was none so far. */
  readonly effectiveAt?: number
}

/** A change that waits for its time. */
export interface WaitingChange extends RecordPlace {
  /** The `ModelControl`. */
  readonly control: Uint8Array
  /** The event time, epoch ms, from which it is in force. */
  readonly effectiveFrom: number
  /** The number of the policy that it makes. */
  readonly policy: number
}

/** A name of a version. */
export interface ModelAlias {
  /** The name. */
  readonly alias: string
  /** The version's number. */
  readonly version: number
}

/** The champion alone. */
export function championAlone(champion: number): ModelRoutes {
  return {
    champion,
    challengers: [],
    shadows: [],
    fallback: 0,
    decoy: false,
    bucketBy: '',
    decider: '',
    budgetMs: 0,
    racers: [],
    steps: [],
  }
}

/** What of a data type's state tells its policy. */
interface RoutedState {
  readonly routing?: ModelRouting
  readonly current: number
  readonly versions: readonly (RecordPlace & { readonly version: number; readonly since: number })[]
}

/** The policy in force. A state that an older build wrote has none: its current version is the champion, alone. */
export function routingOf({ routing, current, versions }: RoutedState): ModelRouting {
  // An older build that went on with a state of this one has changed `current` alone.
  if (routing !== undefined && routing.champion === current) return routing
  const champion = versions.find(({ version }) => version === current)
  return {
    ...championAlone(current),
    number: 0,
    formerChampions: versions.map(({ version }) => version).filter(version => version < current),
    partition: champion?.partition ?? 0,
    offset: champion?.offset ?? 0,
    acceptedAt: champion?.since ?? 0,
  }
}

/** The facts of a version that tell whether a racer means it. */
interface NamedVersion {
  readonly version: number
  readonly name: string
  readonly retired?: number
  /** Absent: it takes the fields of the record alone. */
  readonly takes?: readonly unknown[]
}

/** The version that is meant, of those that are kept, not retired and take the record alone: for a name, the newest. */
export function versionMeant<Version extends NamedVersion>(versions: readonly Version[], ref: string | number): Version | undefined {
  return versions.findLast(
    ({ version, name, retired, takes }) =>
      retired === undefined && takes === undefined && (typeof ref === 'string' ? name === ref : version === ref),
  )
}

/** What a racer names. */
export function racerRef({ version, name }: ModelRacer): string | number {
  return version === 0 ? name : version
}

/** The versions that race. */
export function racingVersions({ racers }: Pick<ModelRoutes, 'racers'>, versions: readonly NamedVersion[]): readonly number[] {
  return racers.flatMap(racer => versionMeant(versions, racerRef(racer))?.version ?? [])
}

/** The versions with a role, of a data type that keeps these versions. */
export function routedVersions(routes: ModelRoutes, versions: readonly NamedVersion[]): readonly number[] {
  const { champion, challengers, shadows, fallback, steps } = routes
  const named = [...challengers, ...steps].map(({ version }) => version)
  const alone = [champion, ...named, ...shadows, fallback].filter(version => version > 0)
  return [...alone, ...racingVersions(routes, versions)]
}

/** Whether the champion has no company. */
export function isAlone({ challengers, shadows, fallback, decoy }: ModelRoutes): boolean {
  return challengers.length === 0 && shadows.length === 0 && fallback === 0 && !decoy
}

const routingMessage = protobufSerde<sluice.ModelRouting.$Properties>(sluice.ModelRouting)

/** A policy as a row. */
export const modelRoutingSerde: Serde<ModelRouting> = {
  serialize: routing => routingMessage.serialize(routingFields(routing)),
  deserialize: bytes => plainRouting(routingMessage.deserialize(bytes)),
}

export function routingFields(routing: ModelRouting): sluice.ModelRouting.$Properties {
  const { challengers, shadows, formerChampions, racers, steps } = routing
  return {
    ...routing,
    challengers: [...challengers],
    shadows: [...shadows],
    formerChampions: [...formerChampions],
    racers: [...racers],
    steps: [...steps],
  }
}

export function plainRouting(routing: sluice.ModelRouting.$Properties): ModelRouting {
  const [effectiveFrom, effectiveAt] = [integer(routing.effectiveFrom), integer(routing.effectiveAt)]
  return {
    number: integer(routing.number),
    champion: integer(routing.champion),
    challengers: (routing.challengers ?? []).map(({ version, weight }) => ({ version: integer(version), weight: weight ?? 0 })),
    shadows: (routing.shadows ?? []).map(integer),
    fallback: integer(routing.fallback),
    decoy: routing.decoy ?? false,
    bucketBy: routing.bucketBy ?? '',
    decider: routing.decider ?? '',
    budgetMs: routing.budgetMs ?? 0,
    racers: (routing.racers ?? []).map(({ version, name, weight }) => ({
      version: integer(version),
      name: name ?? '',
      weight: weight ?? 0,
    })),
    steps: (routing.steps ?? []).map(({ version, name }) => ({ version: integer(version), name: name ?? '' })),
    formerChampions: (routing.formerChampions ?? []).map(integer),
    partition: routing.partition ?? 0,
    offset: integer(routing.offset),
    acceptedAt: integer(routing.acceptedAt),
    ...(effectiveFrom === 0 ? {} : { effectiveFrom }),
    ...(routing.who ? { who: routing.who } : {}),
    ...(routing.reason ? { reason: routing.reason } : {}),
    ...(routing.position ? { position: plainPlace(routing.position) } : {}),
    ...(effectiveAt === 0 ? {} : { effectiveAt }),
  }
}

export function plainChange({ control, effectiveFrom, policy, ...place }: sluice.WaitingChange.$Properties): WaitingChange {
  return { control: new Uint8Array(control ?? []), effectiveFrom: integer(effectiveFrom), policy: integer(policy), ...plainPlace(place) }
}

export function plainAlias({ alias, version }: sluice.ModelAlias.$Properties): ModelAlias {
  return { alias: alias ?? '', version: integer(version) }
}

export function plainPlace({ partition, offset }: sluice.RecordPlace.$Properties): RecordPlace {
  return { partition: partition ?? 0, offset: integer(offset) }
}

/** A decoded 64-bit field as a number. It is a Long object although its type says number; an absent field is 0. */
export function integer(value: unknown): number {
  return typeof value === 'object' && value !== null ? (value as Long).toNumber() : Number(value ?? 0)
}
