import { isObject, refusedValue, shownValue, unknownName } from '../../base/options/index.ts'
import { messageOf, onFirstUse, SluiceError } from '../../base/index.ts'
import { oneLine } from '../one-line.ts'
import { isOfService, serviceLink, unknownVariables } from './environment-names.ts'
import { allowedIn, envOf, flagKey, flagOf, type Setting, type SettingName, settingNames, settings, type SettingValue } from './settings.ts'

/** The sources of settings; there are no others. */
export interface ConfigSources {
  /** The options as commander returns them, such as `commitIntervalMs: '100'`; `config` names the YAML file. */
  readonly flags: Readonly<Record<string, unknown>>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Throws when the file cannot be read. */
  readFile(path: string): string
}

const yamlPackage = onFirstUse<typeof import('yaml')>('yaml')

/** The precedence of the sources; the lowest wins. */
const rank = { flag: 0, env: 1, yaml: 2, default: 3 } as const

interface Found {
  readonly rank: number
  /** For messages: "from SLUICE_PORT". */
  readonly origin: string
  readonly raw: unknown
  readonly value: unknown
}

/** Settings by name, each with the source that won. */
export class ResolvedSettings<N extends SettingName> {
  readonly #found: ReadonlyMap<SettingName, Found>

  constructor(found: ReadonlyMap<SettingName, Found>) {
    this.#found = found
  }

  value<M extends N>(name: M): SettingValue<M> {
    return this.#of(name).value as SettingValue<M>
  }

  rank(name: N): number {
    return this.#of(name).rank
  }

  isSet(name: N): boolean {
    return this.rank(name) < rank.default
  }

  /** Returns the error for a value that conflicts with other settings. */
  refuse(name: N, allowed: string): SluiceError {
    return refusal(name, this.#of(name), allowed)
  }

  #of(name: N): Found {
    return this.#found.get(name) as Found
  }
}

/**
 * Takes each setting from the first source that has it: flag, environment, YAML, default. An empty environment variable counts as not set.
 * Throws SluiceError CONFIG_INVALID; its message is one line with the setting, its source, the value and the allowed values. An environment variable
 * whose name resembles that of a setting is refused: it is misspelt, and the setting would silently have another value.
 */
export function resolveSettings<N extends SettingName>(names: readonly N[], sources: ConfigSources): ResolvedSettings<N> {
  checkEnvironment(sources.env)
  const yaml = readYaml(sources)
  const found = names.map(name => [name, resolveOne(name, sources, yaml)] as const)
  return new ResolvedSettings(new Map<SettingName, Found>(found))
}

interface Yaml {
  readonly path: string
  readonly values: ReadonlyMap<SettingName, unknown>
}

/** Takes the value of the first source. Those of the others are checked too: they would stop a later start that lacks the first. */
function resolveOne(name: SettingName, sources: ConfigSources, yaml: Yaml): Found {
  const { kind, default: fallback } = settings[name] as Setting<unknown>
  const [first] = lookUp(name, sources, yaml).map(given => {
    const value = kind.parse(given.raw)
    if (value === undefined) throw refusal(name, given, allowedIn(name))
    return { ...given, value }
  })
  return first ?? { rank: rank.default, origin: 'the default', raw: fallback, value: fallback }
}

/**
 * The sources that have the setting, by precedence. What others may have set counts only where it is first: a variable that other programs read too
 * (KAFKA_BROKERS), or one that looks as if Kubernetes had set it. One that it has set is no source.
 */
function lookUp(name: SettingName, { flags, env }: ConfigSources, yaml: Yaml): readonly Omit<Found, 'value'>[] {
  const found: Omit<Found, 'value'>[] = []
  const { noFlag, otherEnv = [] } = settings[name] as Setting<unknown>
  const flag = noFlag ? undefined : flags[flagKey(name)]
  if (flag !== undefined) found.push({ rank: rank.flag, origin: `from ${flagOf(name)}`, raw: flag })
  for (const variable of envOf(name)) {
    const raw = env[variable]
    if (raw === undefined || raw === '' || isOfService(env, variable)) continue
    if (found.length > 0 && (otherEnv.includes(variable) || serviceLink.test(raw))) continue
    found.push({ rank: rank.env, origin: `from ${variable}`, raw })
  }
  if (yaml.values.has(name)) found.push({ rank: rank.yaml, origin: `from ${yaml.path}`, raw: yaml.values.get(name) })
  return found
}

function checkEnvironment(env: ConfigSources['env']): void {
  const misspelt = unknownVariables(env).find(({ meant }) => meant !== undefined)
  if (misspelt) throw invalid(`unknown environment variable ${cut(misspelt.name)}; did you mean ${misspelt.meant}?`)
}

/** The name of a variable is that of the environment, without quotes. */
function cut(name: string): string {
  return name.length <= 200 ? name : `${name.slice(0, 200)}…`
}

function refusal(name: SettingName, { raw, origin }: Omit<Found, 'value'>, allowedValues: string): SluiceError {
  const { secret = false, kind } = settings[name] as Setting<unknown>
  const unquoted = typeof raw === 'number' && kind.parse(raw) === undefined && kind.parse(`${raw}`) !== undefined
  const allowed = unquoted ? `${allowedValues}; in YAML, a value that looks like a number needs quotes` : allowedValues
  if (raw === undefined) return invalid(refusedValue({ name, shown: undefined, origin: '', allowed }))
  if (secret) return invalid(refusedValue({ name, shown: '(hidden)', origin, allowed }))
  return invalid(refusedValue({ name, shown: shownValue(raw), origin, allowed, word: { given: raw, choices: kind.choices } }))
}

function invalid(message: string, cause?: unknown): SluiceError {
  return new SluiceError('CONFIG_INVALID', oneLine(message), { cause })
}

/** Reads the file that a setting names. Throws CONFIG_INVALID. */
export function readSettingFile(name: SettingName, path: string, sources: ConfigSources): string {
  try {
    return sources.readFile(path)
  } catch (error) {
    throw invalid(`${name} ${JSON.stringify(path)} cannot be read: ${messageOf(error)}`, error)
  }
}

function readYaml(sources: ConfigSources): Yaml {
  const { config: flag } = sources.flags
  if (flag === '') throw invalid('config "" (from --config) is not allowed; allowed: the path of a file')
  const path = flag ?? sources.env['SLUICE_CONFIG']
  if (typeof path !== 'string' || path === '') return { path: '', values: new Map() }
  let content: string
  try {
    content = sources.readFile(path)
  } catch (error) {
    throw invalid(`config ${JSON.stringify(path)} cannot be read: ${messageOf(error)}`, error)
  }
  return { path, values: flatten(path, parseYaml(path, content)) }
}

function parseYaml(path: string, content: string): unknown {
  if (isDeep(content)) throw invalid(`config ${JSON.stringify(path)} is nested too deeply: settings are one or two levels deep`)
  // With the log level silent, the parser would say nothing of a second document in the file. Its warnings are for tags that it drops (!name).
  const document = yamlPackage().parseDocument(content, { prettyErrors: true, logLevel: 'error' })
  const error = document.errors[0] ?? document.warnings[0]
  if (error) throw invalid(`config ${JSON.stringify(path)} is not YAML: ${error.message.split('\n')[0]?.replace(/:$/, '')}`, error)
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    const why =
      cause instanceof ReferenceError ? 'its aliases (*name) expand too far (more than 100 times): write the values out' : messageOf(cause)
    throw invalid(`config ${JSON.stringify(path)} cannot be used: ${why}`, cause)
  }
}

/** More levels than any setting needs. The parser recurses per level; a stack overflow inside a regular expression would end the process. */
const mostLevels = 100
const deepBlock = new RegExp(`^(?:[ \\t]|[-?:][ \\t]){${2 * mostLevels}}`, 'm')

/** Counts brackets and indentation, also inside text and comments. */
function isDeep(content: string): boolean {
  let depth = 0
  for (const character of content) {
    if (character === '[' || character === '{') depth += 1
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1)
    if (depth > mostLevels) return true
  }
  return deepBlock.test(content)
}

/** `data: { format: json }` becomes `data.format`; `ssl: true` is short for `ssl: { enabled: true }`. */
function flatten(path: string, root: unknown): ReadonlyMap<SettingName, unknown> {
  if (root === null || root === undefined) return new Map()
  if (!isObject(root)) throw invalid(`config ${JSON.stringify(path)} is not a YAML object of settings`)
  const values = new Map<SettingName, unknown>()
  for (const [key, value] of Object.entries(root)) {
    const inner = settingNames.filter(name => name.startsWith(`${key}.`))
    if (inner.length === 0) {
      if (!isName(key)) throw unknown({ name: key, path }, topLevelKeys())
      values.set(key, value)
    } else if (key === 'ssl' && typeof value === 'boolean') {
      values.set('ssl.enabled', value)
    } else {
      const keys = inner.map(name => name.slice(key.length + 1))
      if (!isObject(value))
        throw invalid(
          `${key} ${shownValue(value)} (from ${path}) is not allowed; allowed: ${key === 'ssl' ? 'true, false, or ' : ''}an object of ${keys.join(', ')}`,
        )
      for (const [part, partValue] of Object.entries(value)) {
        if (!keys.includes(part)) throw unknown({ prefix: `${key}.`, name: part, path }, keys)
        values.set(`${key}.${part}` as SettingName, partValue)
      }
    }
  }
  return values
}

function unknown(
  { prefix = '', name, path }: { readonly prefix?: string; readonly name: string; readonly path: string },
  allowed: readonly string[],
): SluiceError {
  return invalid(unknownName('setting', { name, prefix, origin: `from ${path}` }, allowed))
}

function topLevelKeys(): readonly string[] {
  return [...new Set(settingNames.map(name => name.split('.')[0] as string))]
}

function isName(key: string): key is SettingName {
  return !key.includes('.') && (settingNames as readonly string[]).includes(key)
}
