import { choice, directory, integer, listOf, objectOf, optional, optionsWithin, required, settingKind } from '../base/options/index.ts'

const count = integer(0)
const positive = integer(1)
/** The longest that a timer of Node.js can be, ms; a longer one ends at once. */
const longestTimer = 2 ** 31 - 1
const time = integer(1, longestTimer)
const pause = integer(0, longestTimer)
/** Exactly as locations have it; which hosts are allowed is up to the options of serving. */
const host = settingKind<string>({
  type: 'string',
  allowed: 'host or host:port',
  placeholder: 'host',
  parse: raw => (typeof raw === 'string' && raw.trim() !== '' ? raw : undefined),
})

const light = {
  bytes: required(count, 'largest light model', { unit: 'bytes' }),
  constructMs: required(count, 'time to construct it', { unit: 'ms' }),
  runMs: required(count, 'time to score 256 rows', { unit: 'ms' }),
} as const

/** The options of `ModelGuard`. */
export const guardTable = {
  factory: required(objectOf<object>('ModelFactory', ['detect', 'loader', 'load'] as never), 'formats that models may have'),
  timeoutMs: optional(time, 'longest time of a load', { unit: 'ms' }),
  memoryBytes: optional(positive, "memory of a model's process", { unit: 'bytes' }),
  light: optional(optionsWithin<object>('LightLimits', light), 'cost of a model that is constructed in this process'),
  scoreDeadlineMs: optional(time, 'longest time of a record', { unit: 'ms' }),
  quarantineAfter: optional(positive, 'number of records that end a process'),
  quarantineDirectory: optional(directory, 'where models that are not run any more are remembered'),
  jail: optional(choice(['auto', 'required', 'off']), "whether models' processes are cut off from the network"),
  idleMs: optional(pause, 'how long an idle process is kept', { unit: 'ms' }),
} as const

/** The options of `ModelCache`. */
export const modelCacheTable = {
  directory: required(directory, 'directory of the files'),
  maxBytes: required(count, 'largest sum of the files', { unit: 'bytes' }),
} as const

/** The options of `serviceLoader`. */
export const serviceTable = {
  hosts: required(
    listOf(host, { allowed: 'a list of host or host:port', allowedText: 'host, or several', placeholder: 'host,…', mayBeEmpty: true }),
    'servers that may have models',
  ),
  maxRows: optional(positive, 'most records in a request'),
  timeoutMs: optional(time, 'deadline of a request', { unit: 'ms' }),
  attempts: optional(positive, 'most attempts'),
  backoffMs: optional(pause, 'longest first wait', { unit: 'ms' }),
  breakerFailures: optional(positive, 'failures after which requests pause'),
  breakerMs: optional(pause, 'length of the pause', { unit: 'ms' }),
  maxResponseBytes: optional(positive, 'largest answer', { unit: 'bytes' }),
} as const
