import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env, messageOf } from '../../base/index.ts'

/** A model that is not run any more. */
export interface Quarantined {
  /** Names the record that brought it. */
  readonly model: string
  /** What its records did. */
  readonly why: string
  /** Since when, ms since the epoch. */
  readonly since: number
}

export interface QuarantineOptions {
  /** Where quarantined models are remembered over a restart; undefined: nowhere. */
  readonly directory?: string | undefined
  /** After how many records within an hour on which its process died, or was stopped, a model is not run any more. */
  readonly after: number
}

const hour = 3_600_000
/** Most models that are remembered; the oldest are forgotten first. */
const mostKept = 1000

/**
 * The models that are not run any more, because some records killed or hung their process, or this one. They are named by the record that
 * brought them: the same model in a new record is not among them. Other threads and processes with the same directory see a model when they start.
 */
export class Quarantine {
  readonly #directory: string | undefined
  readonly #after: number
  readonly #models = new Map<string, Quarantined>()
  readonly #kills = new Map<string, number[]>()

  /** @internal */
  constructor({ directory, after }: QuarantineOptions) {
    this.#directory = directory
    this.#after = after
    for (const found of directory === undefined ? [] : readQuarantined(directory)) this.#models.set(found.model, found)
  }

  /** Why the model is not run; undefined: it may be. */
  of(model: string): Quarantined | undefined {
    return this.#models.get(model)
  }

  /** Counts a record on which the model's process died or was stopped. Returns whether that was one too many. */
  killed(model: string, why: string): boolean {
    const now = env.monotonic()
    const kills = [...(this.#kills.get(model) ?? []).filter(time => now - time < hour), now]
    this.#kills.delete(model)
    if (kills.length < this.#after) {
      this.#kills.set(model, kills)
      if (this.#kills.size > mostKept) this.#kills.delete(this.#kills.keys().next().value as string)
      return false
    }
    const quarantined = { model, why: `${kills.length} records killed or hung its process, the last one: ${why}`, since: env.now() }
    this.#models.set(model, quarantined)
    if (this.#models.size > mostKept) this.#models.delete(this.#models.keys().next().value as string)
    if (this.#directory !== undefined) writeQuarantined(this.#directory, quarantined)
    return true
  }

  /** All that are known here and in the directory, the other threads' too. */
  all(): readonly Quarantined[] {
    const kept = this.#directory === undefined ? [] : readQuarantined(this.#directory)
    return [...new Map([...kept, ...this.#models.values()].map(each => [each.model, each])).values()]
  }
}

/** The file of a model; also used by what must not load this module. */
export function quarantineFile(directory: string, model: string): string {
  return join(directory, `${createHash('sha256').update(model).digest('hex')}.json`)
}

/** A directory that cannot be written to forgets: the model stays quarantined until the process ends. */
function writeQuarantined(directory: string, quarantined: Quarantined): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const file = quarantineFile(directory, quarantined.model)
    writeFileSync(`${file}.new`, JSON.stringify(quarantined), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  } catch (error) {
    process.emitWarning(`the quarantine of a model cannot be written: ${messageOf(error)}`)
  }
}

function readQuarantined(directory: string): Quarantined[] {
  let names: string[]
  try {
    names = readdirSync(directory).filter(name => /^[0-9a-f]{64}\.json$/.test(name))
  } catch {
    return []
  }
  return names.slice(0, mostKept).flatMap(name => {
    try {
      const { model, why, since } = JSON.parse(readFileSync(join(directory, name), 'utf8')) as Partial<Quarantined>
      return typeof model === 'string' && typeof why === 'string' && typeof since === 'number' ? [{ model, why, since }] : []
    } catch {
      return []
    }
  })
}
