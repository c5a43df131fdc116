import { SluiceError } from '../../base/index.ts'
import type { ModelState, ModelVersion } from '../../stores/index.ts'

/** The role of a version. The champion's scores are the results; a challenger and a shadow would score beside it. */
export type ModelRole = 'champion' | 'challenger' | 'shadow'

/** Every role. */
export const modelRoles = ['champion', 'challenger', 'shadow'] as const satisfies readonly ModelRole[]

/** Names a version of a data type: its number, `latest` for the newest, or its role. */
export type VersionName = number | 'latest' | ModelRole

/** The version of each role. A role that no version has is absent. */
export function rolesOf({ current }: ModelState): Partial<Readonly<Record<ModelRole, number>>> {
  return current === 0 ? {} : { champion: current }
}

/** The version's role; undefined: it has none. */
export function roleOf(state: ModelState, version: number): ModelRole | undefined {
  const roles = rolesOf(state)
  return modelRoles.find(role => roles[role] === version)
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

/** The version with that name now. Throws SluiceError MODEL_UNKNOWN: it is not kept, no version has the role, or the model was withdrawn. */
export function namedVersion(state: ModelState, name: VersionName): ModelVersion {
  const { dataType, current, latest, versions, withdrawnAt } = state
  if (current === 0 && withdrawnAt !== undefined)
    throw new SluiceError('MODEL_UNKNOWN', `the model of data type "${dataType}" was withdrawn at ${new Date(withdrawnAt).toISOString()}`)
  const number = typeof name === 'number' ? name : name === 'latest' ? latest : rolesOf(state)[name]
  if (number === undefined) throw new SluiceError('MODEL_UNKNOWN', `data type "${dataType}" has no ${name}`)
  const version = versions.find(each => each.version === number)
  if (version !== undefined) return version
  const kept = versions.map(each => each.version).join(', ')
  throw new SluiceError('MODEL_UNKNOWN', `data type "${dataType}" has no version ${number}; kept versions: ${kept}`)
}
