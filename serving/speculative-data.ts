import { env, SluiceError, TurnShare } from '../base/index.ts'
import { ColumnBatch } from '../records/index.ts'
import { sluice } from '../proto/messages.js'
import { type KeptModels, type ModelState, type ModelUse, type RecordPlace, routingOf } from '../stores/index.ts'
import type { ProcessorContext, RawRecord } from '../topology/index.ts'
import type { ModelKills } from './model-kills.ts'
import type { ModelLoader } from './model-loader.ts'
import { within } from './pending-models.ts'
import { readRow } from './read-row.ts'
import { ScoreResultWriter } from './score-result-writer.ts'
import { type Answer, DecisionWriter, PolicyModels, type Racers, type RacingRow, Speculation } from './speculative/index.ts'
import type { ModelRunners, RecordRace } from './speculative/index.ts'
import { acceptedDecider, configuredPolicy, ControlledRaces, deciderOf } from './controlled-races.ts'
import { whyQuarantined } from './failed-model.ts'
import { DecisionFigures } from './decision-figures.ts'
import type { SeenModels } from './serving-models.ts'
import { LateScores } from './late-scores.ts'
import { modelRecordKey, modelWaitOf, type ServingOptions } from './serving-options.ts'
import { isUntrusted } from './signed-versions.ts'

const { Status } = sluice.ScoreResult

/** What a task's decisions need. */
export interface SpeculativeDataParts {
  readonly options: ServingOptions
  readonly loader: ModelLoader
  readonly runners: ModelRunners
  readonly kills: ModelKills
  readonly store: KeptModels
  /** The models as the data sees them. */
  readonly seen: SeenModels
  readonly context: ProcessorContext<Uint8Array | null, Uint8Array>
  /** Counts the use of a version. */
  count(dataType: string, version: number, use: ModelUse): void
  /** Told of the state under which records of a data type are answered, and the first of them. */
  reach(state: ModelState | undefined, first: RecordPlace): void
}

/** Where results go: `give` once a row, and `pass` when further rows have to be waited for. */
export interface ResultOutlet {
  give(row: number, result: Buffer): void
  pass(): void | Promise<void>
}

/** Answers the records of data types with a policy: each with the decision of its race. */
export class SpeculativeData {
  readonly #parts: SpeculativeDataParts
  readonly #speculation: Speculation
  readonly #figures: DecisionFigures
  readonly #writer = new DecisionWriter()
  readonly #controlled = new ControlledRaces()
  /** The data types that race by a control record. */
  readonly #racing = new Set<string>()
  readonly #late: LateScores
  /** Until when records wait for models that are being loaded. */
  readonly #waits = new WeakMap<Promise<unknown>, number>()

  constructor(parts: SpeculativeDataParts) {
    const { options, loader, runners, kills, seen, context } = parts
    this.#parts = parts
    this.#figures = new DecisionFigures(context.metrics)
    this.#late = new LateScores({
      context,
      writer: this.#writer,
      figures: this.#figures,
      count: (dataType, answer) => this.#countAnswer(dataType, answer),
    })
    this.#speculation = new Speculation({
      models: new PolicyModels({
        store: seen,
        runners,
        open: version => loader.openApart(version, seen, { log: context.log }),
        lasts: isUntrusted,
        keyOf: modelRecordKey,
        barred: key => {
          const quarantined = loader.quarantined(key)
          return quarantined && whyQuarantined(quarantined.why)
        },
        failed: (version, error, record) => kills.failed(version, error, record),
        decider: policy => acceptedDecider(policy, options),
      }),
      policyOf: dataType => configuredPolicy(options, dataType) ?? this.#controlled.of(seen.state(dataType)),
      late: ({ entry, racers }, answer, policy) => this.#late.keep({ record: entry.record, dataType: racers.dataType, policy, answer }),
    })
  }

  /** Tries the deciders of all policies. Throws CONFIG_INVALID. */
  async init(): Promise<void> {
    const { options } = this.#parts
    for (const policy of Object.values(options.policies ?? {})) await deciderOf(policy, options)
  }

  /** Whether models race for the records of the data type. To be asked before they are answered: races that are not held any more end. */
  decides(dataType: string): boolean {
    if (this.#speculation.policyOf(dataType) !== undefined) {
      this.#racing.add(dataType)
      return true
    }
    if (this.#racing.delete(dataType)) {
      this.#controlled.forget(dataType)
      this.#speculation.leave(dataType)
    }
    return false
  }

  /** Begins the races of records whose turn comes later. Records that cannot be read are left for then. */
  arrived(records: readonly RawRecord[]): void {
    const { reader, policies } = this.#parts.options
    // No record is read twice where none races.
    if (this.#racing.size === 0 && policies === undefined) return
    this.#speculation.keepTime()
    const taken = records.slice(0, this.#speculation.room)
    if (taken.length === 0) return
    const batch = new ColumnBatch(reader.specs, taken.length)
    const byType = new Map<string, RacingRow[]>()
    for (const record of taken) {
      try {
        const dataType = readRow(reader, record, batch)
        const rows = byType.get(dataType) ?? []
        byType.set(dataType, rows)
        rows.push({ row: batch.length++, record })
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error
      }
    }
    for (const [dataType, rows] of byType) this.#speculation.arrived(dataType, batch, rows)
  }

  /** Answers the rows of a batch of one data type, in their order, each as soon as it is decided. */
  async answer(dataType: string, batch: ColumnBatch, rows: readonly RawRecord[], out: ResultOutlet): Promise<void> {
    const racers = await this.#racers(dataType)
    const absent = racers === undefined || racers instanceof SluiceError
    const state = absent ? this.#parts.seen.state(dataType) : this.#speculation.stateOf(racers)
    this.#parts.reach(state, rows[0] as RawRecord)
    if (absent) return this.#answerWithout(dataType, rows, out, racers)
    this.#late.schedule()
    const policy = state === undefined ? 0 : routingOf(state).number
    const races = await this.#speculation.races(racers, batch, rows)
    const share = new TurnShare()
    for (const [row, race] of races.entries()) {
      if (share.over) {
        this.#speculation.keepTime()
        await out.pass()
        await share.pass()
      }
      if (race.decision === undefined) {
        await out.pass()
        await race.decided()
        share.renew()
      }
      this.#speculation.processed(rows[row] as RawRecord, policy)
      this.#count(dataType, race)
      out.give(row, this.#writer.result(race, { dataType, policy }))
    }
  }

  close(): Promise<void> {
    return this.#speculation.close()
  }

  /** Whether the models of the policy are there; a promise while they are being loaded and records wait for them. */
  ready(dataType: string): boolean | Promise<unknown> {
    const found = this.#speculation.racers(dataType)
    if (!(found instanceof Promise)) return found !== undefined
    return within(found, this.#until(found, modelWaitOf(this.#parts.options))) ?? true
  }

  /** The models of the policy; an error: they are still being loaded. */
  #racers(dataType: string): Promise<Racers | SluiceError | undefined> {
    return this.#inTime(this.#speculation.racers(dataType), modelWaitOf(this.#parts.options))
  }

  async #inTime(found: Racers | undefined | Promise<Racers | undefined>, waitMs: number): Promise<Racers | SluiceError | undefined> {
    if (!(found instanceof Promise)) return found
    const tooLong = new SluiceError(
      'MODEL_FAILED',
      `the models of the policy are still being loaded; records wait for them at most ${waitMs} ms`,
    )
    let racers: Racers | SluiceError | undefined = tooLong
    await within(
      found.then(given => (racers = given)),
      this.#until(found, waitMs),
    )
    return racers
  }

  /** All records together wait so long for one loading, by `env.monotonic()`. */
  #until(loading: Promise<unknown>, waitMs: number): number {
    const until = this.#waits.get(loading) ?? env.monotonic() + waitMs
    this.#waits.set(loading, until)
    return until
  }

  #answerWithout(dataType: string, rows: readonly RawRecord[], out: ResultOutlet, failure: SluiceError | undefined): void {
    const writer = new ScoreResultWriter({ dataType, modelName: '', modelVersion: 0, modelHash: new Uint8Array() })
    const status = failure === undefined ? Status.NO_MODEL : Status.FAILED
    this.#figures.undecided(dataType, Status[status], rows.length)
    rows.forEach((record, row) => out.give(row, writer.writeStatus(status, record, failure?.message)))
  }

  #count(dataType: string, race: RecordRace): void {
    this.#figures.decided(dataType, race)
    for (const answer of race.answers) if (answer !== undefined) this.#countAnswer(dataType, answer)
  }

  /** Each of the records that one call scored has its share of the duration, and the whole call as its shortest and longest. */
  #countAnswer(dataType: string, { racer, callMs, rows }: Answer): void {
    if (rows === 0) return
    this.#parts.count(dataType, racer.version, { role: racer.role, count: 1, durationMs: callMs / rows, minMs: callMs, maxMs: callMs })
  }
}
