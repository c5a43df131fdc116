import type { ModelState, ModelVersion, RecordPlace } from './model-rows.ts'
import {
  championAlone,
  type ModelAlias,
  type ModelRouting,
  type ModelRoutes,
  modelRoutingSerde,
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
  /** All changes that wait for their time from now on, in the order in which they come. */
  readonly planned?: readonly PlannedChange[]
  /** The version that is retired. */
  readonly retired?: number
  /** Whether the data type's model is withdrawn. */
  readonly withdrawn?: boolean
  /** The record that asked for it, who did, and why. */
  readonly asked: AskedChange
}

/** A change that waits for its time, without the number of its policy. */
export type WaitingRecord = Omit<WaitingChange, 'policy'>

/** A change that waits for its time, and what it changes of the state that the change before it leads to. */
export interface PlannedChange extends WaitingRecord {
  readonly change: Pick<ModelChange, 'routes' | 'formerChampions' | 'withdrawn'>
  readonly who?: string
  readonly reason?: string
}

/** The record that asked for a change. */
export interface AskedChange extends RecordPlace {
  /** When it is accepted, epoch ms. */
  readonly acceptedAt: number
  readonly effectiveFrom?: number
  readonly who?: string
  readonly reason?: string
}

/** What a new version changes, by its number and the state with it. Throws for one that is refused. */
export type VersionChange = (version: number, state: ModelState) => Omit<ModelChange, 'asked'>

/** A new version is the champion, alone. */
export const asChampion: VersionChange = version => ({ routes: championAlone(version) })

/** Most former champions of a policy. */
const mostFormer = 64

/** The state after the change. `policy`: the number of its policy; undefined: the policy stays. */
export function changedState(state: ModelState, change: ModelChange, policy: number | undefined): ModelState {
  const { aliases, retired, withdrawn, asked } = change
  const routing = policy === undefined ? state.routing : nextRouting(state, policy, change)
  return {
    ...state,
    versions: state.versions.map(each => (each.version === retired ? { ...each, retired: asked.acceptedAt } : each)),
    current: policy === undefined ? state.current : (routing?.champion ?? 0),
    ...(withdrawn === true ? { withdrawnAt: asked.acceptedAt } : {}),
    ...(routing === undefined ? {} : { routing }),
    ...(policy === undefined ? {} : { policies: policy }),
    ...(aliases === undefined ? {} : { aliases }),
  }
}

/**
 * The state with these changes waiting, and the policies that they make newly, each after the one before. `before`: those that the changes which wait already make; one that
 * makes the same again keeps its number, where that is above those of the policies that come into force before it. `numberAfter`: the number of the policy after
 * those of a state; `acceptedAt`: when a change that does not wait yet is accepted, epoch ms.
 */
export function plannedState(
  state: ModelState,
  planned: readonly PlannedChange[],
  {
    acceptedAt,
    before,
    numberAfter,
  }: {
    readonly acceptedAt: number
    readonly before: readonly ModelRouting[]
    readonly numberAfter: (state: ModelState) => number
  },
): { readonly state: ModelState; readonly policies: readonly ModelRouting[] } {
  const policies: ModelRouting[] = []
  const waiting: WaitingChange[] = []
  let after = state
  for (const each of planned) {
    const { change, control, effectiveFrom, partition, offset, who, reason } = each
    const known = before.find(policy => policy.partition === partition && policy.offset === offset)
    const origin = { ...(who === undefined ? {} : { who }), ...(reason === undefined ? {} : { reason }) }
    const asked = { partition, offset, acceptedAt: known?.acceptedAt ?? acceptedAt, effectiveFrom, ...origin }
    const { policies: count } = after
    const again = known && known.number > (after.routing?.number ?? 0) ? changedState(after, { ...change, asked }, known.number) : undefined
    if (again?.routing !== undefined && isSamePolicy(again.routing, known)) {
      after = count === undefined ? again : { ...again, policies: count }
    } else {
      after = changedState(after, { ...change, asked }, numberAfter(after))
      policies.push(after.routing as ModelRouting)
    }
    waiting.push({ control, effectiveFrom, partition, offset, policy: (after.routing as ModelRouting).number })
  }
  const { waiting: _, ...others } = state
  const numbered = after.policies === undefined ? others : { ...others, policies: after.policies }
  return { state: waiting.length === 0 ? numbered : { ...numbered, waiting }, policies }
}

/** Whether the two say the same; where they took effect aside. */
function isSamePolicy(one: ModelRouting, other: ModelRouting | undefined): boolean {
  return other !== undefined && Buffer.compare(saidBy(one), saidBy(other)) === 0
}

function saidBy(routing: ModelRouting): Uint8Array {
  const { position: _, effectiveAt: __, ...said } = routing
  return modelRoutingSerde.serialize(said)
}

/** The state when the first `count` of its waiting changes, the last of which makes this policy, are in force. */
export function stateAfterWaiting(state: ModelState, count: number, routing: ModelRouting, now: number): ModelState {
  const { waiting = [], ...others } = state
  const rest = waiting.slice(count)
  return {
    ...others,
    current: routing.champion,
    routing,
    ...(routing.champion === 0 ? { withdrawnAt: now } : {}),
    ...(rest.length === 0 ? {} : { waiting: rest }),
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
    racers: next.racers,
    steps: next.steps,
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
  const named = new Set([...routedVersions(routingOf(state), versions), ...aliases.map(({ version }) => version)])
  const first = versions.length - most
  // What waits may name any version.
  return versions.filter(({ version }, at) => at >= first || named.has(version) || waiting.length > 0)
}
