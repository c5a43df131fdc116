import {
  file,
  isObject,
  kindOf,
  type Members,
  nodeAuthorities,
  optional,
  plainCopy,
  required,
  text,
  type ValueKind,
} from '../../../base/options/index.ts'
import { isCertificates } from '../../../base/index.ts'
import type { KafkaSettings, TokenSource } from '../kafka/index.ts'

/** How the application says who it is: kafkajs' forms of `sasl`, and `OAuthBearer`. */
export type SaslOptions = NonNullable<KafkaSettings['sasl']>

/** The mechanisms of Kafka that are known here. Any other needs an `authenticationProvider`. */
export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const

const secret = { secret: true }

const mechanismKind: ValueKind<string> = {
  ...kindOf<string>('string', `${saslMechanisms.join(' | ')}, or another with an authenticationProvider`, isKnown),
  choices: saslMechanisms,
}

const mechanismOption = { mechanism: required(mechanismKind, 'SASL mechanism') } as const

/** With `plain` and the `scram-…` mechanisms. */
const passwordOptions = {
  username: required(text, 'SASL user'),
  password: required(text, 'SASL password', secret),
} as const

const extensions: ValueKind<Readonly<Record<string, string>>> = {
  ...kindOf<Readonly<Record<string, string>>>(
    'Readonly<Record<string, string>>',
    'an object of strings, whose names consist of letters and are not "auth"',
    value =>
      isObject(value) && Object.entries(value).every(([name, each]) => /^(?!auth$)[a-zA-Z]+$/.test(name) && typeof each === 'string'),
  ),
  copy: plainCopy,
}

/** The places that a bearer token may come from, of which there is one. */
const tokenOptions = {
  file: optional(file, 'file that holds the token; it is read again for each connection'),
  command: optional(text, 'shell command that writes the token to its standard output'),
  url: optional(text, 'token endpoint of an OpenID Connect provider, called with the client-credentials grant'),
} as const

const authorities = kindOf<string>(
  'string',
  'PEM with certificates, each on lines of its own, as text',
  value => typeof value === 'string' && isCertificates(value),
)

/** Beside `url`. */
const tokenEndpointOptions = {
  clientId: required(text, 'client id at the token endpoint'),
  clientSecret: required(text, 'client secret at the token endpoint', secret),
  scope: optional(text, 'scope to request from the token endpoint'),
  ca: optional(authorities, "certificate authorities that are trusted for the token endpoint's certificate, as PEM", {
    defaultText: nodeAuthorities,
  }),
} as const

const tokenPlaces = Object.keys(tokenOptions)
/** Beside no place, or beside another one: the fault is the place then. */
const idleEndpointOptions = Object.fromEntries(
  Object.entries(tokenEndpointOptions).map(([name, row]) => [name, { ...row, required: false }]),
)

const token: ValueKind<TokenSource> = {
  type: 'TokenSource',
  allowed: `an object with one of ${tokenPlaces.join(', ')}`,
  accepts: (value): value is TokenSource => isObject(value) && tokenPlaces.filter(name => value[name] !== undefined).length === 1,
  fields: members => {
    const given = tokenPlaces.filter(name => members.get(name) !== undefined)
    if (given.length !== 1) return { ...tokenOptions, ...idleEndpointOptions }
    return given[0] === 'url' ? { ...tokenOptions, ...tokenEndpointOptions } : tokenOptions
  },
}

/** With `oauthbearer`. */
const bearerOptions = {
  token: required(token, 'where bearer tokens come from', secret),
  extensions: optional(extensions, 'SASL extensions sent with the token (KIP-342)'),
} as const

/** The options within `sasl`, by what they belong to. */
export const saslOptions = {
  mechanism: mechanismOption,
  password: passwordOptions,
  bearer: bearerOptions,
  token: tokenOptions,
  endpoint: tokenEndpointOptions,
} as const

type Fields = ReturnType<NonNullable<ValueKind<unknown>['fields']>>

/** By mechanism, in lower case. */
const fieldsOf: Readonly<Record<string, Fields>> = {
  plain: { ...mechanismOption, ...passwordOptions },
  'scram-sha-256': { ...mechanismOption, ...passwordOptions },
  'scram-sha-512': { ...mechanismOption, ...passwordOptions },
  oauthbearer: { ...mechanismOption, ...bearerOptions },
  aws: {
    ...mechanismOption,
    authorizationIdentity: { kind: text, required: true },
    accessKeyId: { kind: text, required: true },
    secretAccessKey: { kind: text, required: true, secret: true },
    sessionToken: { kind: text, secret: true },
  },
}

const anything = { kind: kindOf<unknown>('unknown', 'anything', () => true) }

/** A function that may read other members of \`sasl\`, such as a token that the program renews. */
const callback = (members: Members, name: string): { readonly kind: ValueKind<unknown> } => ({
  kind: { ...kindOf<unknown>('function', 'a function', value => typeof value === 'function'), copy: () => members.bound(name) },
})

export const saslKind: ValueKind<SaslOptions> = {
  type: 'SaslOptions',
  allowed: 'an object of mechanism and the options of that mechanism',
  accepts: (value): value is SaslOptions => isObject(value),
  fields: saslFields,
}

function saslFields(members: Members): Fields {
  const unchecked = Object.fromEntries(members.names.map(name => [name, anything]))
  if (members.get('authenticationProvider') !== undefined)
    return {
      ...unchecked,
      mechanism: { kind: text, required: true },
      authenticationProvider: callback(members, 'authenticationProvider'),
    }
  if (members.get('oauthBearerProvider') !== undefined)
    return { ...unchecked, ...mechanismOption, oauthBearerProvider: callback(members, 'oauthBearerProvider') }
  const mechanism = members.get('mechanism')
  const known = isKnown(mechanism) ? fieldsOf[mechanism.toLowerCase()] : undefined
  return known ?? { ...unchecked, ...mechanismOption }
}

function isKnown(mechanism: unknown): mechanism is string {
  return typeof mechanism === 'string' && Object.hasOwn(fieldsOf, mechanism.toLowerCase())
}
