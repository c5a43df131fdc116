import { asBuffer } from '../../records/index.ts'
import { type TransactionBuffer } from '../rows/index.ts'
import { afterPrefix } from '../byte-key.ts'
import { modelStatisticsSerde, pastVersionSerde, type ModelStatistics, type ModelVersion, type PastVersion } from './model-rows.ts'
import { parseModelRowKey, pastKey, statsKey } from './row-keys.ts'
import { ModelUsage, type ModelUse, sumOf, type UsageSnapshot, type UseMark, VersionUse } from './model-usage.ts'

/** Use of a version that is not the newest. */
interface LateUse {
  readonly dataType: string
  readonly version: number
  /** Updated in place by calls, and replaced when the figures of the newest version move here. */
  readonly figures: VersionUse
}

export interface FiguresSnapshot {
  readonly usage: UsageSnapshot
  readonly late: ReadonlyMap<string, LateUse>
  /** Of the late use to which the next call may be added. */
  readonly mark: { readonly figures: VersionUse; readonly mark: UseMark } | undefined
}

/** A call that is added next. */
export interface NextUse {
  readonly version: number
  readonly use: ModelUse
}

/** Returns the facts of a version; undefined: they are not known. */
type FactsOf = (dataType: string, version: number) => ModelVersion | undefined

/**
 * The use of every version, for ever. The figures of the newest version are in memory and in one row that is rewritten. When the next
 * version comes, they move to a row of their own, with the version's facts. Later use of an older version (while a newer one is being
 * loaded) is added to that row.
 */
export class ModelFigures {
  readonly #buffer: TransactionBuffer
  readonly #usage = new ModelUsage()
  readonly #late = new Map<string, LateUse>()

  constructor(buffer: TransactionBuffer) {
    this.#buffer = buffer
  }

  /** Whether a version was used since the last `write`. */
  get changed(): boolean {
    return this.#usage.changed || this.#late.size > 0
  }

  /** The data type whose model was used last. */
  get lastDataType(): string | undefined {
    return this.#usage.lastDataType
  }

  /** Figures of the newest version, the running transaction included; undefined: it was not used. */
  newest(dataType: string): ModelStatistics | undefined {
    return this.#usage.get(dataType)
  }

  add(dataType: string, version: number, use: ModelUse, now: number): void {
    const older = this.#usage.get(dataType)
    if (this.#usage.add(dataType, version, use, now)) {
      if (older !== undefined && older.version < version) this.#addLate(dataType, older)
      return
    }
    this.#lateOf(dataType, version).add(use, now)
  }

  /** What `goBack` needs to undo what is done next with the data type's figures. `next`: the call that is added; undefined: none is. */
  snapshot(dataType: string, next?: NextUse): FiguresSnapshot {
    const figures = next && this.#late.get(lateKey(dataType, next.version))?.figures
    const mark = next && figures && { figures, mark: figures.mark(next.use) }
    return { usage: this.#usage.snapshot(dataType, next?.use), late: new Map(this.#late), mark }
  }

  goBack(dataType: string, { usage, late, mark }: FiguresSnapshot): void {
    this.#usage.goBack(dataType, usage)
    this.#late.clear()
    for (const [key, use] of late) this.#late.set(key, use)
    mark?.figures.goBack(mark.mark)
  }

  /** The version is not the newest any more: moves its facts and figures to a row of their own. */
  supersede(dataType: string, version: ModelVersion): void {
    if (this.#buffer.noting) {
      const before = this.snapshot(dataType)
      this.#buffer.note({ undo: () => this.goBack(dataType, before) }, before, before)
    }
    const figures = this.#usage.get(dataType)
    this.#buffer.put(
      pastKey(dataType, version.version),
      pastVersionSerde.serialize({ version, figures: figures?.version === version.version ? figures : undefined }),
    )
    if (figures === undefined) return
    if (figures.version !== version.version) this.#addLate(dataType, figures)
    this.#usage.drop(dataType)
    this.#buffer.delete(statsKey(dataType))
  }

  /** Notes when a version before the newest was retired. */
  retire(dataType: string, version: number, retired: number): void {
    const key = pastKey(dataType, version)
    const row = this.#buffer.get(key)
    if (row === undefined) return
    const past = pastVersionSerde.deserialize(row)
    this.#buffer.put(key, pastVersionSerde.serialize({ ...past, version: { ...past.version, retired } }))
  }

  /** Writes the rows of all figures that changed. */
  write(factsOf: FactsOf): void {
    for (const [dataType, statistics] of this.#usage.takeChanged())
      this.#buffer.put(statsKey(dataType), modelStatisticsSerde.serialize(statistics))
    for (const { dataType, version, figures } of this.#late.values()) {
      const key = pastKey(dataType, version)
      const row = this.#buffer.get(key)
      const before = row === undefined ? undefined : pastVersionSerde.deserialize(row)
      const facts = before?.version ?? factsOf(dataType, version)
      if (facts === undefined) continue
      this.#buffer.put(key, pastVersionSerde.serialize({ version: facts, figures: sumOf(before?.figures, figures) }))
    }
    this.#late.clear()
  }

  /** The versions before the newest, oldest first. Versions that an older build of Sluice wrote may be missing. */
  async past(dataType: string): Promise<readonly PastVersion[]> {
    const from = pastKey(dataType)
    const found: PastVersion[] = []
    for await (const [key, value] of this.#buffer.range(from, afterPrefix(from))) {
      // The name of another data type may begin with this name and a slash.
      const name = parseModelRowKey(asBuffer(key))
      if (name?.kind === 'past' && name.dataType === dataType) found.push(pastVersionSerde.deserialize(value))
    }
    return found
  }

  /** Loads the row of the newest version; null: it was deleted. */
  load(dataType: string, value: Uint8Array | null): void {
    if (value === null) this.#usage.drop(dataType)
    else this.#usage.load(dataType, modelStatisticsSerde.deserialize(value))
  }

  clear(): void {
    this.#usage.clear()
    this.#late.clear()
  }

  #addLate(dataType: string, figures: ModelStatistics): void {
    const { version } = figures
    const key = lateKey(dataType, version)
    this.#late.set(key, { dataType, version, figures: sumOf(this.#late.get(key)?.figures, figures) })
  }

  #lateOf(dataType: string, version: number): VersionUse {
    const key = lateKey(dataType, version)
    const known = this.#late.get(key)
    if (known !== undefined) return known.figures
    const figures = new VersionUse(version)
    this.#late.set(key, { dataType, version, figures })
    return figures
  }
}

function lateKey(dataType: string, version: number): string {
  return `${dataType}/${version}`
}
