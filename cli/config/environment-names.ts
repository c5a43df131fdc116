import { nearestName } from '../../base/options/index.ts'
import { envOf, settingNames } from './settings.ts'

/** A variable that has the prefix of Sluice's variables but sets nothing. */
export interface UnknownVariable {
  readonly name: string
  /** The variable that was probably meant; undefined: none is similar. */
  readonly meant: string | undefined
}

const prefix = 'SLUICE_'

type Environment = Readonly<Record<string, string | undefined>>

/** What Kubernetes gives a variable such as SLUICE_PORT for a service with the name "sluice": it cannot be told not to by everyone. */
export const serviceLink = /^(tcp|udp|sctp):\/\//

const ofService = /^(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/

/**
 * Whether Kubernetes has set the variable for a service: for each it also sets NAME_SERVICE_HOST and NAME_SERVICE_PORT. A variable NAME_PORT that is no link
 * was set by somebody else.
 */
export function isOfService(env: Environment, variable: string): boolean {
  const rest = Object.keys(env)
    .filter(host => host.endsWith('_SERVICE_HOST') && env[host.replace(/HOST$/, 'PORT')] !== undefined)
    .map(host => host.replace(/SERVICE_HOST$/, ''))
    .filter(name => variable.startsWith(name))
    .map(name => variable.slice(name.length))
  return rest.some(each => ofService.test(each) && (each !== 'PORT' || serviceLink.test(env[variable] ?? '')))
}

/**
 * The variables of the environment that begin with `SLUICE_`, have a value and belong to no setting. Other programs may set such variables: Kubernetes
 * does so for a service whose name is or begins with "sluice". `SLUICE_TEST_…` are left out: the project's tests read them.
 */
export function unknownVariables(env: Environment): readonly UnknownVariable[] {
  const known = ['SLUICE_CONFIG', ...settingNames.flatMap(envOf)].filter(name => name.startsWith(prefix))
  return Object.keys(env)
    .filter(name => name.startsWith(prefix) && !name.startsWith('SLUICE_TEST_') && env[name] !== '')
    .map(name => ({ name, other: isOfService(env, name) }))
    .filter(({ name, other }) => other || !known.includes(name))
    .map(({ name, other }) => ({ name, meant: other ? undefined : nearest(name, known) }))
}

/** Compares without the prefix, which all names have: with it, names would seem more alike than they are. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const bare = known.map(each => each.slice(prefix.length))
  const found = nearestName(name.slice(prefix.length), bare)
  return found === undefined ? undefined : prefix + found
}
