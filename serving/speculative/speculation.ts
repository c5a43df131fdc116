import { env, TurnShare } from '../../base/index.ts'
import { ColumnBatch } from '../../records/index.ts'
import type { ModelState } from '../../stores/index.ts'
import type { RawRecord } from '../../topology/index.ts'
import type { SpeculativePolicy } from '../options/index.ts'
import { Deadlines } from './deadlines.ts'
import type { PolicyModels } from './policy-models.ts'
import type { Racers } from './racers.ts'
import { type Answer, RecordRace } from './record-race.ts'

/** A row of a batch, and the record that it was read from. */
export interface RacingRow {
  readonly row: number
  readonly record: RawRecord
}

/** Records whose races may be under way before it is their turn. */
const mostAhead = 1024
/** So many begin between two looks at the time. */
const atOnce = 32

/** What the races of a task need. */
export interface SpeculationParts {
  readonly models: PolicyModels
  /** The policy in force for a data type; undefined: its records do not race. The same object as long as it is the same policy. */
  policyOf(dataType: string): SpeculativePolicy | undefined
  /** Takes a late answer to a record that was processed under the policy of that number. */
  late(race: RecordRace, answer: Answer, policy: number): void
}

/**
 * The races of one task's records. A record's race begins when the record arrives, while the records before it are still being decided, so that none
 * waits for another. What its race has found is taken when it is the record's turn: results keep the order of the records, and a race of a record that is
 * processed again goes on where it was. A record whose models were changed by a model record before it races again, with its budget anew.
 */
export class Speculation {
  readonly #parts: SpeculationParts
  readonly #races = new Map<number, RecordRace>()
  readonly #deadlines = new Deadlines()

  constructor(parts: SpeculationParts) {
    this.#parts = parts
  }

  /** The policy in force for a data type; undefined: its records do not race. */
  policyOf(dataType: string): SpeculativePolicy | undefined {
    return this.#parts.policyOf(dataType)
  }

  /** How many races of records that arrive now can begin ahead of their turn. */
  get room(): number {
    return Math.max(0, mostAhead - this.#races.size)
  }

  /** Begins the races of records that have arrived: rows of a batch that is not changed any more. */
  arrived(dataType: string, batch: ColumnBatch, rows: readonly RacingRow[]): void {
    const policy = this.policyOf(dataType)
    const racers = policy && this.#parts.models.of(dataType, policy)
    if (racers === undefined || racers instanceof Promise) return
    if (this.room > 0) this.#begin(racers, batch, rows.slice(0, this.room))
  }

  /** What the records of a data type race with now; a promise only when nothing is loaded yet. */
  racers(dataType: string): Racers | undefined | Promise<Racers | undefined> {
    const policy = this.policyOf(dataType)
    return policy && this.#parts.models.of(dataType, policy)
  }

  /** The state of the data type that the racers are in force with. */
  stateOf(racers: Racers): ModelState | undefined {
    return this.#parts.models.stateOf(racers)
  }

  /**
   * The races of records whose turn it is: rows of one data type, in their order. Those that have not begun begin now, a few at a time: where many do, decisions of
   * others fall due meanwhile.
   */
  async races(racers: Racers, batch: ColumnBatch, records: readonly RawRecord[]): Promise<readonly RecordRace[]> {
    this.#forget((records[0] as RawRecord).offset)
    this.#renew(racers)
    const races = records.map(({ offset }) => this.#races.get(offset))
    const fresh = records.flatMap((record, row) => (races[row] === undefined ? [{ row, record }] : []))
    if (fresh.length > 0) {
      const own = copyOf(batch)
      const share = new TurnShare()
      for (let from = 0; from < fresh.length; from += atOnce) {
        if (share.over) await share.pass()
        for (const race of this.#begin(racers, own, fresh.slice(from, from + atOnce))) races[race.entry.row] = race
      }
    }
    return races as readonly RecordRace[]
  }

  /** The record was processed with its race's decision, under the policy of that number: a late answer is told from here on. */
  processed(record: RawRecord, policy: number): void {
    const race = this.#races.get(record.offset)
    race?.processed(answer => this.#parts.late(race, answer, policy))
  }

  /** The data type's records do not race any more. */
  leave(dataType: string): void {
    for (const [offset, race] of this.#races) if (race.racers.dataType === dataType) this.#races.delete(offset)
    this.#parts.models.leave(dataType)
  }

  /** Decides what is due. To be called between two steps of longer work: the event loop, and with it any timer, waits for that. */
  keepTime(): void {
    this.#deadlines.keep()
  }

  async close(): Promise<void> {
    this.#deadlines.close()
    this.#races.clear()
    await this.#parts.models.close()
  }

  #begin(racers: Racers, batch: ColumnBatch, rows: readonly RacingRow[]): readonly RecordRace[] {
    const arrived = env.monotonic()
    const races = rows.map(({ row, record }) => {
      const race = new RecordRace(racers, { batch, row, record, arrived })
      this.#races.set(record.offset, race)
      return race
    })
    this.#deadlines.add(arrived + racers.policy.budgetMs, races)
    return races
  }

  /** Begins the races anew that records of the data type run with other models, and that no result was made of. */
  #renew(racers: Racers): void {
    const outdated = [...this.#races.values()].filter(
      race => race.racers !== racers && race.racers.dataType === racers.dataType && !race.isProcessed,
    )
    for (const { entry } of outdated) this.#begin(racers, entry.batch, [entry])
  }

  /** Records before this offset have been processed, or went to another task. The races of the last run are kept until the next: it may be processed again. */
  #forget(before: number): void {
    for (const offset of this.#races.keys()) if (offset < before) this.#races.delete(offset)
  }
}

function copyOf(batch: ColumnBatch): ColumnBatch {
  const copy = new ColumnBatch(batch.specs, batch.length)
  for (let row = 0; row < batch.length; row++) copy.copyRow(copy.length++, batch, row)
  return copy
}
