import { nearestName } from '../../base/options/index.ts'
import { envOf, settingNames } from './settings.ts'

/** A variable that has the prefix of Sluice's variables but sets nothing. */
export interface UnknownVariable {
  readonly name: string
  /** The variable that was probably meant; undefined: none is similar. */
  readonly meant: string | undefined
}

const prefix = 'SLUICE_'

/**
 * The variables of the environment that begin with `SLUICE_`, have a value and belong to no setting. Other programs may set such variables: Kubernetes
 * does so for a service whose name is or begins with "sluice". `SLUICE_TEST_…` are left out: the project's tests read them.
 */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): readonly UnknownVariable[] {
  const known = ['SLUICE_CONFIG', ...settingNames.flatMap(envOf)].filter(name => name.startsWith(prefix))
  return Object.keys(env)
    .filter(name => name.startsWith(prefix) && !name.startsWith('SLUICE_TEST_') && env[name] !== '' && !known.includes(name))
    .map(name => ({ name, meant: nearest(name, known) }))
}

/** Compares without the prefix, which all names have: with it, names would seem more alike than they are. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const bare = known.map(each => each.slice(prefix.length))
  const found = nearestName(name.slice(prefix.length), bare)
  return found === undefined ? undefined : prefix + found
}
