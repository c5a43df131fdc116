import { inspect } from 'node:util'
import { SluiceError } from '../../../base/sluice-error.ts'
import type { StreamsConfig, StreamsListener } from './streams-config.ts'

/** Which values an option may have. */
interface Check {
  readonly allowed: string
  is(value: unknown): boolean
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const kafkaName = (max: number): Check => ({
  allowed: `1 to ${max} of the characters a-z A-Z 0-9 . _ - (but not "." or "..")`,
  is: value => typeof value === 'string' && /^(?!\.{1,2}$)[a-zA-Z0-9._-]+$/.test(value) && value.length <= max,
})
const whole = (from: number, to = Number.MAX_SAFE_INTEGER): Check => ({
  allowed: to === Number.MAX_SAFE_INTEGER ? `a whole number from ${from} on` : `a whole number from ${from} to ${to}`,
  is: value => Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to,
})
const milliseconds: Check = { allowed: 'milliseconds, 0 or more', is: value => typeof value === 'number' && value >= 0 }
const oneOf = (...values: readonly string[]): Check => ({
  allowed: values.map(value => `"${value}"`).join(' or '),
  is: value => values.includes(value as string),
})
const listenerNames: Readonly<Record<keyof StreamsListener, true>> = {
  onStateChange: true,
  onWait: true,
  onRestore: true,
  onError: true,
  log: true,
}

const checks: { readonly [Name in keyof StreamsConfig]: Check } = {
  applicationId: kafkaName(200),
  brokers: { allowed: 'a list of "host:port"', is: value => Array.isArray(value) && value.length > 0 && value.every(isText) },
  ssl: { allowed: 'true, false, or an object as for node:tls', is: value => typeof value === 'boolean' || isObject(value) },
  sasl: { allowed: "an object as kafkajs' `sasl`", is: isObject },
  stateDir: { allowed: 'a directory', is: isText },
  advertise: {
    allowed: '{ host, port }',
    is: value => isObject(value) && isText((value as { host?: unknown }).host) && whole(0, 65_535).is((value as { port?: unknown }).port),
  },
  deadLetterTopic: kafkaName(249),
  createPartitions: whole(1),
  guarantee: oneOf('exactly_once', 'at_least_once'),
  commitIntervalMs: milliseconds,
  sessionTimeoutMs: whole(1),
  metadataMaxAgeMs: whole(1),
  standbyReplicas: whole(0),
  // How many are allowed depends on the topology: see `checkThreads`.
  threads: { allowed: 'a whole number from 0 to 64', is: value => typeof value === 'number' },
  maxTaskIdleMs: milliseconds,
  readFirstWaitMs: milliseconds,
  maxBatch: whole(1),
  maxBufferedBytes: whole(1),
  maxBufferedTotalBytes: whole(1),
  tracing: { allowed: 'true or false', is: value => typeof value === 'boolean' },
  listener: {
    allowed: `an object of functions: ${Object.keys(listenerNames).join(', ')}`,
    is: value => isObject(value) && isListener(value as object),
  },
}

const required = ['applicationId', 'brokers'] as const satisfies readonly (keyof StreamsConfig)[]

/** Throws SluiceError CONFIG_INVALID for an option that there is not, or a value that is not allowed, and says what is. An undefined one is none. */
export function checkStreamsOptions(options: unknown): void {
  if (!isObject(options)) throw refusal(`the options of an application are an object, not ${inspect(options)}`)
  const given = options as Readonly<Record<string, unknown>>
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(checks, name)) throw refusal(`there is no option "${name}"; there are: ${Object.keys(checks).join(', ')}`)
    const check = checks[name as keyof StreamsConfig]
    if (value !== undefined && !check.is(value)) throw refusal(`${name}: ${inspect(value, { depth: 1 })} is not ${check.allowed}`)
  }
  for (const name of required) if (given[name] === undefined) throw refusal(`${name} is missing: ${checks[name].allowed}`)
}

/** In an object that was made for it, a name that nothing calls is a mistake; an object of a class may have more. */
function isListener(listener: object): boolean {
  const known = Object.keys(listenerNames) as (keyof StreamsListener)[]
  const functions = known.every(name => ['function', 'undefined'].includes(typeof (listener as StreamsListener)[name]))
  const plain = Object.getPrototypeOf(listener) === Object.prototype
  return functions && (!plain || Object.keys(listener).every(name => Object.hasOwn(listenerNames, name)))
}

function refusal(message: string): SluiceError {
  return new SluiceError('CONFIG_INVALID', message)
}
