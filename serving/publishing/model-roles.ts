import { SluiceError } from '../../base/index.ts'
import { type ModelRouting, type ModelState, type ModelVersion, racingVersions, routingOf } from '../../stores/index.ts'

/** The role of a version. The champion's scores are the results, or those of a challenger or a racer; a shadow scores beside it, a fallback where it failed. */
export type ModelRole = 'champion' | 'challenger' | 'shadow' | 'fallback' | 'racer' | 'step'

/** Every role. */
export const modelRoles = ['champion', 'challenger', 'shadow', 'fallback', 'racer', 'step'] as const satisfies readonly ModelRole[]

/** Names a version of a data type: its number, `latest` for the newest, or its role. */
export type VersionName = number | 'latest' | ModelRole

/** The versions of each role; the champion and the fallback are one. A role that no version has is absent. */
export interface VersionRoles {
  readonly champion?: number
  readonly challenger?: readonly number[]
  readonly shadow?: readonly number[]
  readonly fallback?: number
  readonly racer?: readonly number[]
  readonly step?: readonly number[]
}

/** The roles under the policy in force, or under the one that is given. A version that races may be the champion or the fallback too. */
export function rolesOf(state: ModelState, routing: ModelRouting = routingOf(state)): VersionRoles {
  const { champion, challengers, shadows, fallback, steps } = routing
  const racers = racingVersions(routing, state.versions)
  return {
    ...(champion === 0 ? {} : { champion }),
    ...(challengers.length === 0 ? {} : { challenger: challengers.map(({ version }) => version) }),
    ...(shadows.length === 0 ? {} : { shadow: shadows }),
    ...(fallback === 0 ? {} : { fallback }),
    ...(racers.length === 0 ? {} : { racer: racers }),
    ...(steps.length === 0 ? {} : { step: steps.map(({ version }) => version) }),
  }
}

/** The roles of one version, in the order of `modelRoles`; empty: it has none. */
export function rolesIn(roles: VersionRoles, version: number): readonly ModelRole[] {
  return modelRoles.filter(role => versionsIn(roles, role).includes(version))
}

/** Parses a version's name from a path or command; `current` is the champion. Throws SluiceError MODEL_UNKNOWN for any other text. */
export function versionNameOf(text: string): VersionName {
  const role = text === 'current' ? 'champion' : modelRoles.find(each => each === text)
  if (role !== undefined) return role
  if (text === 'latest') return 'latest'
  if (/^[1-9]\d{0,15}$/.test(text)) return Number(text)
  const names = ['a number', 'latest', 'current', ...modelRoles].join(', ')
  throw new SluiceError('MODEL_UNKNOWN', `there is no version "${text}"; a version is named by: ${names}`)
}

/**
 * The version with that name now. Throws SluiceError MODEL_UNKNOWN: it is not kept, no version or more than one has the role, or the model was withdrawn.
 */
export function namedVersion(state: ModelState, name: VersionName, routing?: ModelRouting): ModelVersion {
  const { dataType, current, latest, versions, withdrawnAt } = state
  if (current === 0 && withdrawnAt !== undefined)
    throw new SluiceError('MODEL_UNKNOWN', `the model of data type "${dataType}" was withdrawn at ${new Date(withdrawnAt).toISOString()}`)
  const [number, ...others] = typeof name === 'number' ? [name] : name === 'latest' ? [latest] : versionsIn(rolesOf(state, routing), name)
  if (number === undefined) throw new SluiceError('MODEL_UNKNOWN', `data type "${dataType}" has no ${name}`)
  if (others.length > 0)
    throw new SluiceError(
      'MODEL_UNKNOWN',
      `data type "${dataType}" has more than one ${name}: name version ${[number, ...others].join(' or ')}`,
    )
  const version = versions.find(each => each.version === number)
  if (version !== undefined) return version
  const kept = versions.map(each => each.version).join(', ')
  throw new SluiceError('MODEL_UNKNOWN', `data type "${dataType}" has no version ${number}; kept versions: ${kept}`)
}

function versionsIn(roles: VersionRoles, role: ModelRole): readonly number[] {
  return [roles[role] ?? []].flat()
}
