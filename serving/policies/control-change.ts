import type { SluiceError } from '../../base/index.ts'
import {
  championAlone,
  type ModelChange,
  type ModelRoutes,
  type ModelState,
  type ModelStep,
  type ModelVersion,
  routingOf,
} from '../../stores/index.ts'
import type { AskedFor } from './asked-for.ts'
import { cancelledChanges } from './cancelled-changes.ts'
import { checkRaces } from './racing-policy.ts'
import { checkedSteps, checkTakesRecord, toldSteps, withStep } from './composite-steps.ts'
import { refused } from './refused.ts'
import type { ControlAction, PlainControl, PolicyRequest, RoleName, VersionRef } from './plain-control.ts'

/** How far rounding may bring the sum of the weights above 1. */
const rounding = 1e-9
const names = /^[A-Za-z][A-Za-z0-9._-]{0,99}$/
/** Names of versions that mean something already. */
const reserved: readonly string[] = ['latest', 'current', 'champion', 'challenger', 'shadow', 'fallback', 'decoy']

/**
 * The change of the state that a control asks for, once its time has come. Throws SluiceError CONTROL_REFUSED, which says why: it expects another state, it names
 * a version that cannot serve, or its policy contradicts itself. A function of its arguments alone.
 */
export function changeOf(state: ModelState | undefined, { action, expect }: Pick<PlainControl, 'action' | 'expect'>): AskedFor {
  if (state === undefined || state.latest === 0) throw refused('the data type has no model')
  const routing = routingOf(state)
  for (const [what, wanted, found] of [
    ['champion', expect.champion, routing.champion],
    ['policy', expect.policy, routing.number],
  ] as const)
    if (wanted !== undefined && wanted !== found) throw refused(`it expects ${what} ${wanted}, but ${what} ${found} is in force`)
  return changeBy(state, action)
}

function changeBy(state: ModelState, action: ControlAction): AskedFor {
  switch (action.kind) {
    case 'promote':
      return promoted(state, servable(state, action.of))
    case 'rollback':
      return rolledBack(state, action.of)
    case 'setRole':
      return { routes: checked(withRole(state, servable(state, action.of), action.role, action.weight)) }
    case 'retire':
      return retired(state, servable(state, action.of).version)
    case 'setPolicy':
      return { routes: checked(policyRoutes(state, action.policy)) }
    case 'alias':
      return { aliases: aliased(state, action.alias, action.version) }
    case 'withdraw':
      return withdrawn(state)
    case 'cancel':
      return cancelledChanges(state, action.which)
    default:
      return action satisfies never
  }
}

function withdrawn({ current, waiting }: ModelState): AskedFor {
  if (current === 0 && waiting === undefined) throw refused('no model serves the data type')
  return { routes: championAlone(0), withdrawn: true }
}

function promoted(state: ModelState, version: ModelVersion): AskedFor {
  return { routes: championRoutes(state, version) }
}

/** A version with the name of a step takes that step's place; any other one is the champion, and ends a composite. */
function championRoutes(state: ModelState, version: ModelVersion): ModelRoutes {
  return withStep(state, version) ?? aloneRoutes(state, version)
}

/** The version takes the record alone; a composite ends. */
function aloneRoutes(state: ModelState, version: ModelVersion): ModelRoutes {
  return { ...without(routingOf(state), version.version), champion: checkTakesRecord(version).version, steps: [] }
}

/** Back to a champion before: by default the last one. Those after it are not on the way back any more. */
function rolledBack(state: ModelState, to: VersionRef | undefined): AskedFor {
  const { formerChampions } = routingOf(state)
  const last = formerChampions.at(-1)
  if (to === undefined && last === undefined) throw refused('there is no champion before this one')
  const former = servable(state, to ?? { version: last as number })
  const { version } = former
  const at = formerChampions.lastIndexOf(version)
  if (at < 0) throw refused(`version ${version} was not the champion before; those were: ${formerChampions.join(', ') || 'none'}`)
  // One that takes no outputs of another was the champion alone, whatever name a step has now.
  const routes = former.takes === undefined ? aloneRoutes(state, former) : championRoutes(state, former)
  return { routes, formerChampions: formerChampions.slice(0, at) }
}

/** The routes with the version in a role, which it has instead of any other one. Throws CONTROL_REFUSED. */
export function withRole(state: ModelState, of: ModelVersion, role: RoleName, weight: number): ModelRoutes {
  const routing = routingOf(state)
  const { version } = of
  const others = without(routing, version)
  if (role === 'CHAMPION') return championRoutes(state, of)
  if (role === 'DECOY') throw refused('the role DECOY is that of no version: setPolicy says whether records are archived')
  if (role === 'RACER') throw refused('no version races alone: setPolicy names those that race, their decider and its budget')
  if (routing.champion === version) throw refused(`version ${version} is the champion: promote another version first`)
  checkTakesRecord(of)
  if (routing.champion === 0) throw refused(`a ${role.toLowerCase()} needs a champion beside it, and no model serves the data type`)
  if (role === 'CHALLENGER') return { ...others, challengers: [...others.challengers, { version, weight }] }
  return role === 'SHADOW' ? { ...others, shadows: [...others.shadows, version] } : { ...others, fallback: version }
}

function retired(state: ModelState, version: number): AskedFor {
  const routing = routingOf(state)
  if (routing.champion === version)
    throw refused(`version ${version} is the champion: promote another version first, or withdraw the model`)
  if (routing.steps.some(step => step.version === version))
    throw refused(`version ${version} is a step of the policy: set another policy first`)
  const routes = { ...without(routing, version), racers: routing.racers.filter(racer => racer.version !== version) }
  if (routes.racers.length === 0 && routing.racers.length > 0)
    throw refused(`version ${version} is the only one that races: set another policy first`)
  const aliases = state.aliases?.filter(each => each.version !== version)
  const hadRole = JSON.stringify(routes) !== JSON.stringify(without(routing, 0))
  const formerChampions = routing.formerChampions.filter(each => each !== version)
  return { retired: version, ...(hadRole ? { routes, formerChampions } : {}), ...(aliases === undefined ? {} : { aliases }) }
}

function policyRoutes(state: ModelState, { champion, fallback, challengers, shadows, racers, steps, ...rest }: PolicyRequest): ModelRoutes {
  const stepped = stepsOf(state, steps)
  const last = stepped.at(-1)
  if (last !== undefined && champion !== undefined) throw refused('it names a champion and steps: the last step is the champion')
  const alone = (ref: VersionRef): number => checkTakesRecord(servable(state, ref)).version
  const routes: ModelRoutes = {
    ...rest,
    champion: last?.version ?? (champion === undefined ? championAfter(state) : alone(champion)),
    challengers: challengers.map(({ of, weight }) => ({ version: alone(of), weight })),
    shadows: shadows.map(alone),
    fallback: fallback === undefined ? 0 : alone(fallback),
    racers: racers.map(({ of, weight }) =>
      'name' in of ? { version: 0, name: of.name, weight } : { version: alone(of), name: '', weight },
    ),
    steps: stepped,
  }
  checkRaces(state, routes)
  if (routes.champion === 0) throw refused('it names no champion, and no model serves the data type')
  return routes
}

/** The champion that stays: not one that is the last step of a composite. */
function championAfter(state: ModelState): number {
  const champion = state.versions.find(({ version }) => version === state.current)
  return champion === undefined ? state.current : checkTakesRecord(champion).version
}

function stepsOf(state: ModelState, steps: PolicyRequest['steps']): readonly ModelStep[] {
  const found = steps.map((ref): ModelStep => {
    if (!('name' in ref)) return { version: servable(state, ref).version, name: '' }
    const newest = state.versions.findLast(({ name, retired }) => name === ref.name && retired === undefined)
    if (newest === undefined) throw refused(`no version in use is named ${JSON.stringify(ref.name)}, which would be a step`)
    return { version: newest.version, name: ref.name }
  })
  return checkedSteps(state, found)
}

function aliased({ aliases = [], versions, latest }: ModelState, alias: string, version: number): ModelChange['aliases'] & object {
  if (!names.test(alias)) throw refused(`the name ${JSON.stringify(alias)} is not one: a letter, then at most 99 of a-z A-Z 0-9 . _ -`)
  if (reserved.includes(alias)) throw refused(`the name "${alias}" means something already`)
  const others = aliases.filter(each => each.alias !== alias)
  if (version === 0) return others
  if (!versions.some(each => each.version === version)) throw notKept(versions, latest, version)
  return [...others, { alias, version }]
}

/** The version, if it can be given a role. Throws CONTROL_REFUSED. */
function servable({ versions, latest, aliases = [] }: ModelState, ref: VersionRef): ModelVersion {
  const number = 'version' in ref ? ref.version : aliases.find(({ alias }) => alias === ref.alias)?.version
  if (number === undefined) throw refused(`no version has the name "${(ref as { alias: string }).alias}"`)
  const found = versions.find(({ version }) => version === number)
  if (found === undefined) throw notKept(versions, latest, number)
  if (found.retired !== undefined) throw refused(`version ${number} was retired at ${new Date(found.retired).toISOString()}`)
  return found
}

function notKept(versions: readonly ModelVersion[], latest: number, version: number): SluiceError {
  if (version > latest) return refused(`there is no version ${version}; the newest is ${latest}`)
  const kept = versions.map(each => each.version).join(', ')
  return refused(`the bytes of version ${version} are not kept any more; those that are: ${kept}`)
}

function without(routes: ModelRoutes, version: number): ModelRoutes {
  const { champion, challengers, shadows, fallback, decoy, bucketBy, decider, budgetMs, racers, steps } = routes
  return {
    champion,
    challengers: challengers.filter(each => each.version !== version),
    shadows: shadows.filter(each => each !== version),
    fallback: fallback === version ? 0 : fallback,
    decoy,
    bucketBy,
    decider,
    budgetMs,
    racers,
    steps,
  }
}

/**
 * What a new version changes: by default it is the champion, and what is beside it stays. Throws CONTROL_REFUSED, as for a control that gives it the role.
 * A model that takes the outputs of another one begins without a role, or in the place of a step of its name. `state`: without the version, or undefined.
 */
export function changeOfModel(state: ModelState | undefined, added: ModelVersion, { role }: Pick<NewRole, 'role'>): AskedFor {
  const { version } = added
  if (state === undefined || state.latest === 0) {
    if (role !== undefined && role.name !== 'CHAMPION')
      throw refused(`the first model of a data type is its champion, not its ${role.name.toLowerCase()}`)
    return { routes: championAlone(version) }
  }
  const withIt = { ...state, versions: [...state.versions, added] }
  if (role !== undefined) return { routes: checked(withRole(withIt, added, role.name, role.weight)) }
  const stepped = withStep(withIt, added)
  if (stepped !== undefined) return { routes: stepped }
  if (added.takes !== undefined) return {}
  const { steps } = routingOf(state)
  if (steps.length > 0)
    throw refused(
      `the policy is ${toldSteps(state, steps)}, and no step has the name "${added.name}": publish it under that of a step, or with the role champion to end the composite`,
    )
  return { routes: checked(withRole(withIt, added, 'CHAMPION', 0)) }
}

/** The role that a model record asks for. */
export interface NewRole {
  readonly role: { readonly name: RoleName; readonly weight: number } | undefined
  /** 0: at once. */
  readonly effectiveFrom: number
}

/** Most versions beside the champion. */
const mostBeside = 32

/** The routes, if they do not contradict themselves. Throws CONTROL_REFUSED. */
export function checked(routes: ModelRoutes): ModelRoutes {
  const { champion, challengers, shadows, fallback, decoy, racers, steps } = routes
  if (steps.length > 0 && (challengers.length > 0 || shadows.length > 0 || decoy || racers.length > 0))
    throw refused('a composite has only a fallback beside it: no challengers, shadows, decoy and racers')
  if (steps.some(({ version }) => version === fallback)) throw refused(`version ${fallback} would have two roles`)
  if (racers.length > 0 && (challengers.length > 0 || shadows.length > 0 || decoy))
    throw refused('models race for the records: challengers, shadows and decoy have none beside them; set a policy without racers first')
  let sum = 0
  for (const { version, weight } of challengers) {
    if (!(weight > 0 && weight <= 1))
      throw refused(`version ${version} would be a challenger with weight ${weight}; allowed: above 0, at most 1`)
    sum += weight
  }
  if (sum > 1 + rounding)
    throw refused(`the challengers would weigh ${sum} together; allowed: at most 1, of which the champion has the rest`)
  // Where models race, the champion scores no record, and may be their fallback.
  const spare = fallback === 0 || (racers.length > 0 && fallback === champion) ? [] : [fallback]
  const all = [champion, ...challengers.map(({ version }) => version), ...shadows, ...spare]
  const twice = all.find((version, at) => all.indexOf(version) < at)
  if (twice !== undefined) throw refused(`version ${twice} would have two roles`)
  if (all.length > mostBeside + 1) throw refused(`${all.length} versions would have a role; allowed: ${mostBeside} beside the champion`)
  return routes
}
