import type { ModelState, ModelVersion, RecordPlace } from './model-rows.ts'
import {
  championAlone,
  type ModelAlias,
  type ModelRouting,
  type ModelRoutes,
  routedVersions,
  routingOf,
  type WaitingChange,
} from './model-routing.ts'

/** A change of a data type's state that no model record made. What is absent stays. */
export interface ModelChange {
  /** The routes of the next policy. */
  readonly routes?: ModelRoutes
  /** The champions before that of the routes; default: those of the policy before, and its champion. */
  readonly formerChampions?: readonly number[]
  readonly aliases?: readonly ModelAlias[]
  readonly waiting?: readonly WaitingChange[]
  /** The version that is retired. */
  readonly retired?: number
  /** Whether the data type's model is withdrawn. */
  readonly withdrawn?: boolean
  /** The record that asked for it, who did, and why. */
  readonly asked: AskedChange
}

/** The record that asked for a change. */
export interface AskedChange extends RecordPlace {
  /** When it is accepted, epoch ms. */
  readonly acceptedAt: number
  readonly effectiveFrom?: number
  readonly who?: string
  readonly reason?: string
}

/** What a new version changes, by its number. */
export type VersionChange = (version: number) => Omit<ModelChange, 'asked'>

/** A new version is the champion, alone. */
export const asChampion: VersionChange = version => ({ routes: championAlone(version) })

/** Most former champions of a policy. */
const mostFormer = 64

/** The state after the change. `policy`: the number of its policy; undefined: the policy stays. */
export function changedState(state: ModelState, change: ModelChange, policy: number | undefined): ModelState {
  const { aliases, waiting, retired, withdrawn, asked } = change
  const routing = policy === undefined ? state.routing : nextRouting(state, policy, change)
  return {
    ...state,
    versions: state.versions.map(each => (each.version === retired ? { ...each, retired: asked.acceptedAt } : each)),
    current: policy === undefined ? state.current : (routing?.champion ?? 0),
    ...(withdrawn === true ? { withdrawnAt: asked.acceptedAt } : {}),
    ...(routing === undefined ? {} : { routing }),
    ...(policy === undefined ? {} : { policies: policy }),
    ...(aliases === undefined ? {} : { aliases }),
    ...(waiting === undefined ? {} : { waiting }),
  }
}

/** The policy with these routes, which follows the one in force. */
function nextRouting(state: ModelState | undefined, number: number, { routes, formerChampions, asked }: ModelChange): ModelRouting {
  const before = state === undefined ? undefined : routingOf(state)
  const next = routes ?? before ?? championAlone(0)
  const { partition, offset, acceptedAt, effectiveFrom, who, reason } = asked
  return {
    champion: next.champion,
    challengers: next.challengers,
    shadows: next.shadows,
    fallback: next.fallback,
    decoy: next.decoy,
    bucketBy: next.bucketBy,
    decider: next.decider,
    budgetMs: next.budgetMs,
    number,
    formerChampions: (formerChampions ?? formerOf(before, next.champion)).slice(-mostFormer),
    partition,
    offset,
    acceptedAt,
    ...(effectiveFrom === undefined ? {} : { effectiveFrom }),
    ...(who === undefined ? {} : { who }),
    ...(reason === undefined ? {} : { reason }),
  }
}

function formerOf(before: ModelRouting | undefined, champion: number): readonly number[] {
  if (before === undefined) return []
  const { formerChampions, champion: last } = before
  return last === 0 || last === champion ? formerChampions : [...formerChampions, last]
}

/** The versions whose bytes are kept: the newest, and those that have a role or a name, or wait for one. */
export function keptVersions(state: ModelState, most: number): readonly ModelVersion[] {
  const { versions, aliases = [], waiting = [] } = state
  if (versions.length <= most) return versions
  const named = new Set([...routedVersions(routingOf(state)), ...aliases.map(({ version }) => version)])
  const first = versions.length - most
  // What waits may name any version.
  return versions.filter(({ version }, at) => at >= first || named.has(version) || waiting.length > 0)
}
