import type { ModelStatistics } from './model-rows.ts'

/** Calls of one model version: the number of scored records, and the total, shortest and longest duration of the calls, ms. */
export interface ModelUse {
  readonly count: number
  readonly durationMs: number
  readonly minMs: number
  readonly maxMs: number
}

/** Statistics that are updated in place. */
export type Running = { -readonly [Field in keyof ModelStatistics]: ModelStatistics[Field] }

export interface UsageSnapshot {
  readonly running: ModelStatistics | undefined
  readonly changed: boolean
  readonly lastDataType: string | undefined
  readonly lastUsed: number
}

/** The statistics of each data type's newest version, in memory. */
export class ModelUsage {
  readonly #running = new Map<string, Running>()
  readonly #changed = new Set<string>()
  #lastDataType: string | undefined
  #lastUsed = 0

  /** Whether a model was used since `takeChanged`. */
  get changed(): boolean {
    return this.#changed.size > 0
  }

  /** The data type whose model was used last. */
  get lastDataType(): string | undefined {
    return this.#lastDataType
  }

  get(dataType: string): ModelStatistics | undefined {
    return this.#running.get(dataType)
  }

  /** Sets the statistics to those of a row. */
  load(dataType: string, statistics: ModelStatistics): void {
    this.#running.set(dataType, { ...statistics })
    if (statistics.lastUsed < this.#lastUsed) return
    this.#lastUsed = statistics.lastUsed
    this.#lastDataType = dataType
  }

  /** A copy of the data type's statistics, for `goBack`. */
  snapshot(dataType: string): UsageSnapshot {
    const running = this.#running.get(dataType)
    const [lastDataType, lastUsed] = [this.#lastDataType, this.#lastUsed]
    return { running: running && { ...running }, changed: this.#changed.has(dataType), lastDataType, lastUsed }
  }

  goBack(dataType: string, { running, changed, lastDataType, lastUsed }: UsageSnapshot): void {
    if (running === undefined) this.#running.delete(dataType)
    else this.#running.set(dataType, { ...running })
    if (changed) this.#changed.add(dataType)
    else this.#changed.delete(dataType)
    this.#lastDataType = lastDataType
    this.#lastUsed = lastUsed
  }

  /** Adds to the version's statistics; a newer version replaces those of the older one. False: the version is older and is not counted here. */
  add(dataType: string, version: number, use: ModelUse, now: number): boolean {
    const running = this.#running.get(dataType)
    if (running !== undefined && running.version > version) return false
    this.#changed.add(dataType)
    this.#lastUsed = now
    this.#lastDataType = dataType
    const before = running !== undefined && running.version === version ? running : undefined
    const after = addUse(before, version, use, now)
    if (before === undefined) this.#running.set(dataType, after)
    return true
  }

  /** Removes the data type's statistics. */
  drop(dataType: string): void {
    this.#running.delete(dataType)
    this.#changed.delete(dataType)
  }

  /** The statistics that changed since the last call. */
  takeChanged(): readonly (readonly [string, ModelStatistics])[] {
    const taken = [...this.#changed].map(dataType => [dataType, this.#running.get(dataType) as ModelStatistics] as const)
    this.#changed.clear()
    return taken
  }

  clear(): void {
    this.#running.clear()
    this.#changed.clear()
    this.#lastDataType = undefined
    this.#lastUsed = 0
  }
}

/** Adds a use to the statistics, in place; undefined: returns new ones. */
export function addUse(running: Running | undefined, version: number, use: ModelUse, now: number): Running {
  const { count, durationMs, minMs, maxMs } = use
  if (running === undefined) return { version, invocations: count, duration: durationMs, min: minMs, max: maxMs, lastUsed: now }
  running.invocations += count
  running.duration += durationMs
  running.min = Math.min(running.min, minMs)
  running.max = Math.max(running.max, maxMs)
  running.lastUsed = Math.max(running.lastUsed, now)
  return running
}
