import type { sluice as messages } from '../../proto/messages.js'
import { DurationSketch } from './duration-sketch.ts'
import type { ModelStatistics } from './model-rows.ts'

/** A call of a model version: the number of scored records, and the duration of the call, ms. */
export interface ModelUse {
  /** The role in which the version scored them. */
  readonly role: messages.ModelRole
  readonly count: number
  readonly durationMs: number
  readonly minMs: number
  /** The duration that percentiles count for each of the records. */
  readonly maxMs: number
}

/** Figures of calls that are updated in place. */
interface Figures {
  invocations: number
  duration: number
  min: number
  max: number
}

interface RoleFigures extends Figures {
  readonly role: messages.ModelRole
  readonly durations: DurationSketch
}

/** What undoes one `add`. */
export interface UseMark {
  readonly use: ModelUse
  readonly all: Figures & { readonly lastUsed: number }
  /** undefined: the version had no use in that role. */
  readonly inRole: Figures | undefined
}

/** The use of one version, updated in place. */
export class VersionUse implements ModelStatistics {
  readonly version: number
  invocations = 0
  duration = 0
  min = Infinity
  max = -Infinity
  lastUsed = 0
  readonly roles: RoleFigures[] = []

  constructor(version: number) {
    this.version = version
  }

  add(use: ModelUse, now: number): void {
    let inRole = this.#in(use.role)
    if (inRole === undefined) this.roles.push((inRole = { role: use.role, ...noCalls(), durations: new DurationSketch() }))
    count(this, use)
    count(inRole, use)
    inRole.durations.add(use.maxMs, use.count)
    this.lastUsed = Math.max(this.lastUsed, now)
  }

  /** Adds the use that other tasks, or this one before, have counted for the version. */
  addAll(other: ModelStatistics): void {
    sum(this, other)
    this.lastUsed = Math.max(this.lastUsed, other.lastUsed)
    for (const each of other.roles) {
      const inRole = this.#in(each.role)
      if (inRole === undefined) {
        // Of rows that are only followed, no bin is ever decoded.
        this.roles.push({ role: each.role, ...figuresOf(each), durations: new DurationSketch(each.durations.toBytes()) })
        continue
      }
      sum(inRole, each)
      inRole.durations.addAll(each.durations)
    }
  }

  /** To be called before an `add` of this use, which may be undone. */
  mark(use: ModelUse): UseMark {
    const inRole = this.#in(use.role)
    return { use, all: { ...figuresOf(this), lastUsed: this.lastUsed }, inRole: inRole && figuresOf(inRole) }
  }

  /** Undoes the `add` after the mark, if there was one; what was added after that is undone already. */
  goBack({ use, all, inRole }: UseMark): void {
    if (this.invocations === all.invocations) return
    Object.assign(this, all)
    const at = this.roles.findIndex(({ role }) => role === use.role)
    if (inRole === undefined) return void this.roles.splice(at, 1)
    const figures = this.roles[at] as RoleFigures
    Object.assign(figures, inRole)
    figures.durations.remove(use.maxMs, use.count)
  }

  #in(role: messages.ModelRole): RoleFigures | undefined {
    return this.roles.find(each => each.role === role)
  }
}

/** The sum of two figures of one version. */
export function sumOf(a: ModelStatistics | undefined, b: ModelStatistics): VersionUse {
  const use = new VersionUse(b.version)
  if (a !== undefined) use.addAll(a)
  use.addAll(b)
  return use
}

export interface UsageSnapshot {
  readonly running: VersionUse | undefined
  readonly mark: UseMark | undefined
  readonly changed: boolean
  readonly lastDataType: string | undefined
  readonly lastUsed: number
}

/** The statistics of each data type's newest version, in memory. */
export class ModelUsage {
  readonly #running = new Map<string, VersionUse>()
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

  get(dataType: string): VersionUse | undefined {
    return this.#running.get(dataType)
  }

  /** Sets the statistics to those of a row. */
  load(dataType: string, statistics: ModelStatistics): void {
    this.#running.set(dataType, sumOf(undefined, statistics))
    if (statistics.lastUsed < this.#lastUsed) return
    this.#lastUsed = statistics.lastUsed
    this.#lastDataType = dataType
  }

  /** The data type's statistics, for `goBack`. `use`: what is added next; undefined: nothing is. */
  snapshot(dataType: string, use: ModelUse | undefined): UsageSnapshot {
    const running = this.#running.get(dataType)
    const [lastDataType, lastUsed] = [this.#lastDataType, this.#lastUsed]
    return { running, mark: use && running?.mark(use), changed: this.#changed.has(dataType), lastDataType, lastUsed }
  }

  goBack(dataType: string, { running, mark, changed, lastDataType, lastUsed }: UsageSnapshot): void {
    if (running === undefined) this.#running.delete(dataType)
    else this.#running.set(dataType, running)
    if (mark !== undefined) running?.goBack(mark)
    if (changed) this.#changed.add(dataType)
    else this.#changed.delete(dataType)
    this.#lastDataType = lastDataType
    this.#lastUsed = lastUsed
  }

  /** Adds to the version's statistics; a newer version replaces those of the older one. False: the version is older and is not counted here. */
  add(dataType: string, version: number, use: ModelUse, now: number): boolean {
    let running = this.#running.get(dataType)
    if (running !== undefined && running.version > version) return false
    this.#changed.add(dataType)
    this.#lastUsed = now
    this.#lastDataType = dataType
    if (running?.version !== version) this.#running.set(dataType, (running = new VersionUse(version)))
    running.add(use, now)
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

function noCalls(): Figures {
  return { invocations: 0, duration: 0, min: Infinity, max: -Infinity }
}

function figuresOf({ invocations, duration, min, max }: Readonly<Figures>): Figures {
  return { invocations, duration, min, max }
}

function count(figures: Figures, use: ModelUse): void {
  figures.invocations += use.count
  figures.duration += use.durationMs
  figures.min = Math.min(figures.min, use.minMs)
  figures.max = Math.max(figures.max, use.maxMs)
}

function sum(figures: Figures, other: Readonly<Figures>): void {
  figures.invocations += other.invocations
  figures.duration += other.duration
  figures.min = Math.min(figures.min, other.min)
  figures.max = Math.max(figures.max, other.max)
}
