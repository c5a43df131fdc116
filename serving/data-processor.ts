import type { ColumnBatch } from '../records/index.ts'
import type { KeptModels, ModelRoutes, ModelUsageStore } from '../stores/index.ts'
import type { Processor, ProcessorContext, RawRecord } from '../topology/index.ts'
import { MisplacedData, type MisplacedWatch } from './misplaced-data.ts'
import { eventNotes, keptModels } from './model-stores.ts'
import { ModelKills } from './model-kills.ts'
import { ModelLoader, openWatch } from './model-loader.ts'
import { noModelResults } from './no-model-results.ts'
import { EffectivePositions } from './effective-positions.ts'
import { eventSinks, ModelEventLog } from './model-event-log.ts'
import { decoysOf, decoySink } from './decoy-records.ts'
import { rowsByVersion } from './key-routes.ts'
import { batchOf } from './batch-of.ts'
import { RecordScoring, type ScoredAnswer } from './record-scoring.ts'
import { ShadowQueue } from './shadow-queue.ts'
import { ResultFigures } from './result-figures.ts'
import { ServingModels, type ServingModel } from './serving-models.ts'
import { type ResultOutlet, SpeculativeData } from './speculative-data.ts'
import { ModelRunners } from './speculative/index.ts'
import { type ResultRecord, resultRecord } from './result-record.ts'
import { RunColumns } from './run-columns.ts'
import { openWaitingRoom } from './open-waiting-room.ts'
import type { WaitingRoom } from './waiting-room.ts'
import { answerInParts } from './policy-parts.ts'
import { TimedPolicies } from './timed-policies.ts'
import { UseCount } from './use-count.ts'
import { WaitingChanges } from './waiting-changes.ts'
import { canRace, countsUsage, type ServingOptions, usageStoreName } from './serving-options.ts'

/** The sink of the results. */
export const resultsSink = 'results'

/** The results of a run, each in its row's place; null: the record was set aside. */
type RunResults = (Buffer | null | undefined)[]

/** How long the records of a run, and those that are looked at after they were set aside, wait for models that are scored elsewhere, ms. */
const patienceMs = 50
const latePatienceMs = 5

/** What the data processors of a thread share. Without one of them a processor has its own. */
export interface SharedParts {
  readonly loader?: ModelLoader
  readonly misplaced?: MisplacedData
  readonly runners?: ModelRunners
}

/**
 * Scores data records. A run of records is read into columns, scored in one call for each data type in it, and answered in order.
 * A record that cannot be read becomes a dead letter. A record that has no model, or on which its model fails, gets a result with a status. Records whose
 * model is being loaded, or is their type's first and being tried, are set aside until it is there; so are those whose model takes long to score them, or has to
 * be started again because they killed its process.
 */
export class DataProcessor implements Processor<Uint8Array | null, Uint8Array | null, Uint8Array | null, Uint8Array> {
  readonly #options: ServingOptions
  readonly #loader: ModelLoader
  #context!: ProcessorContext<Uint8Array | null, Uint8Array>
  #store!: KeptModels
  /** Counts the use of models with `join: broadcast`; undefined: `#store` counts it. */
  #usage: ModelUsageStore | undefined
  #models!: ServingModels
  #events!: ModelEventLog
  #positions!: EffectivePositions
  #policies!: TimedPolicies
  #shadows!: ShadowQueue
  #figures!: ResultFigures
  #use!: UseCount
  #kills!: ModelKills
  readonly #misplaced: MisplacedData
  /** undefined with `join: broadcast`: data may be on any partition. */
  #watch: MisplacedWatch | undefined
  readonly #columns: RunColumns
  /** Those of records that had been set aside, beside the run that is being processed. */
  readonly #lateColumns: RunColumns
  #room!: WaitingRoom
  #scoring!: RecordScoring
  /** Decides between several models; undefined: the store keeps one model of a data type. */
  #decisions: SpeculativeData | undefined
  readonly #runners: ModelRunners

  /** The parts are shared by the tasks: a model is loaded once, rows of several tasks are scored in one call, a warning is told once. */
  constructor(options: ServingOptions, { loader, misplaced, runners }: SharedParts = {}) {
    this.#options = options
    this.#loader = loader ?? new ModelLoader(options)
    this.#misplaced = misplaced ?? new MisplacedData(options.dataTopic)
    this.#runners = runners ?? new ModelRunners()
    this.#columns = new RunColumns(options.reader)
    this.#lateColumns = new RunColumns(options.reader)
  }

  async init(context: ProcessorContext<Uint8Array | null, Uint8Array>): Promise<void> {
    this.#context = context
    this.#store = keptModels(context, this.#options)
    this.#figures = new ResultFigures(context.metrics, context.taskId)
    this.#kills = new ModelKills(this.#loader, this.#figures, context)
    if (countsUsage(this.#options)) {
      this.#usage = context.getStateStore<ModelUsageStore>(usageStoreName(this.#options))
      this.#store.attach(this.#usage)
    }
    this.#use = new UseCount({ store: this.#store, usage: this.#usage, partition: context.partition })
    if (this.#options.join !== 'broadcast') this.#watch = this.#misplaced.of(context)
    this.#events = new ModelEventLog(context, eventSinks.data, eventNotes(this.#store, this.#options), this.#options)
    this.#positions = new EffectivePositions({ store: this.#store, usage: this.#usage, events: this.#events })
    const waiting = new WaitingChanges({ context, store: this.#store, events: this.#events })
    this.#policies = new TimedPolicies({ store: this.#store, usage: this.#usage, waiting, partition: context.partition })
    this.#models = new ServingModels(this.#options, this.#loader, this.#policies.models, openWatch(context))
    this.#shadows = new ShadowQueue({
      context,
      models: this.#models,
      specs: this.#options.reader.specs,
      figures: this.#figures,
      kills: this.#kills,
      count: (model, records, milliseconds) => this.#use.recordCall(model, records, milliseconds),
    })
    if (canRace(this.#options)) await this.#beginDecisions(context)
    this.#scoring = new RecordScoring({
      models: this.#models,
      figures: this.#figures,
      use: this.#use,
      kills: this.#kills,
      leave: batch => {
        this.#columns.leave(batch)
        this.#lateColumns.leave(batch)
      },
    })
    this.#room = openWaitingRoom({
      options: this.#options,
      context,
      store: this.#store,
      models: this.#models,
      decisions: this.#decisions,
      scoring: this.#scoring,
      answer: (dataType, records) => this.#answerLate(dataType, records),
    })
  }

  async #beginDecisions(context: ProcessorContext<Uint8Array | null, Uint8Array>): Promise<void> {
    this.#decisions = new SpeculativeData({
      options: this.#options,
      loader: this.#loader,
      runners: this.#runners,
      kills: this.#kills,
      store: this.#store,
      seen: this.#policies.models,
      context,
      count: (dataType, version, use) => this.#use.recordUse(dataType, version, use),
      reach: (state, first) => this.#positions.reach(state, first),
    })
    await this.#decisions.init()
  }

  arrived(records: readonly RawRecord[]): void {
    this.#decisions?.arrived(records)
  }

  process(record: RawRecord): Promise<void> {
    return this.processBatch([record])
  }

  async processBatch(records: readonly RawRecord[]): Promise<void> {
    const columns = this.#columns
    const rows = columns.read(records, (record, why) => this.#context.deadLetter(record, why))
    if (rows.length === 0) return
    const results: RunResults = Array.from({ length: rows.length })
    let forwarded = 0
    const pass = async (): Promise<void> => void (forwarded = await this.#forward(rows, results, forwarded))
    const { type: only } = columns
    const byType = only === undefined ? columns.byType : undefined
    const types = byType === undefined ? [only as string] : [...byType.keys()]
    const admitted = this.#room.admit(types, type => byType?.get(type)?.length ?? rows.length)
    const aside = admitted instanceof Promise ? await admitted : admitted
    this.#scoring.patience(patienceMs)
    if (byType === undefined) {
      if (aside.size > 0) return this.#room.setAside(only as string, rows)
      this.#scoring.from(only as string, rows[0] as RawRecord)
      const answered = await this.#answer(only as string, columns.batch, rows, { give: (row, result) => (results[row] = result), pass })
      if (answered < rows.length) this.#room.setAside(only as string, rows.slice(answered))
      results.fill(null, answered)
    } else
      for (const [type, members] of byType) {
        const own = members.map(row => rows[row] as RawRecord)
        const give = (at: number, result: Buffer): void => void (results[members[at] as number] = result)
        if (!aside.has(type)) this.#scoring.from(type, own[0] as RawRecord)
        const answered = aside.has(type) ? 0 : await this.#answer(type, columns.gather(members), own, { give, pass })
        if (answered === own.length) continue
        for (const row of members.slice(answered)) results[row] = null
        this.#room.setAside(type, own.slice(answered))
      }
    this.#endRun()
    await this.#forward(rows, results, forwarded)
  }

  /** Answers records of one data type that had been set aside. Returns the first that has to wait longer; undefined: none. */
  async #answerLate(dataType: string, records: readonly RawRecord[]): Promise<RawRecord | undefined> {
    const rows = this.#lateColumns.read(records, (record, why) => this.#context.deadLetter(record, why))
    if (rows.length === 0) return undefined
    const results: RunResults = Array.from({ length: rows.length })
    const give = (row: number, result: Buffer): void => void (results[row] = result)
    this.#scoring.from(dataType, rows[0] as RawRecord)
    this.#scoring.patience(latePatienceMs)
    const answered = await this.#answer(dataType, this.#lateColumns.batch, rows, { give, pass: () => undefined })
    results.fill(null, answered)
    this.#endRun()
    await this.#forward(rows, results, 0)
    return rows[answered]
  }

  /** Ends a run whose records are answered. */
  #endRun(): void {
    // The data tasks of a broadcast join only read the store of the models, whose own tasks tell what they note.
    if (this.#usage === undefined) this.#events.flush()
    this.#shadows.end()
  }

  async close(): Promise<void> {
    this.#figures.close()
    if (this.#usage !== undefined) this.#store.detach(this.#usage)
    await this.#decisions?.close()
    this.#scoring.end()
    this.#shadows.close()
    await this.#models.close()
  }

  /** Forwards the results from there on that follow each other; returns the place of the first that is not there yet. */
  async #forward(rows: readonly RawRecord[], results: Readonly<RunResults>, from: number): Promise<number> {
    const ready: ResultRecord[] = []
    let to = from
    for (let result = results[to]; to < rows.length && result !== undefined; result = results[++to])
      if (result !== null) ready.push(resultRecord(rows[to] as RawRecord, result))
    if (ready.length > 0) await this.#context.forwardBatch(ready, resultsSink)
    return to
  }

  /**
   * Answers the rows, which have one data type, each under the policy that is in force for it. Returns how many of them, from the first on: the others
   * have to be set aside, whatever was given for them.
   */
  #answer(dataType: string, batch: ColumnBatch, rows: readonly RawRecord[], out: ResultOutlet): Promise<number> {
    return answerInParts(this.#policies, { dataType, batch, rows, out }, part =>
      this.#answerAlike(dataType, part.batch, part.rows, part.out),
    )
  }

  /** Scores the batch, whose rows have one data type and are under one policy, and gives the result of each row. false: they have to be set aside. */
  async #answerAlike(dataType: string, batch: ColumnBatch, rows: readonly RawRecord[], out: ResultOutlet): Promise<boolean> {
    const give = (row: number, result: Buffer): void => out.give(row, result)
    if (this.#decisions?.decides(dataType) === true) {
      this.#watch?.(dataType, rows.length)
      await this.#decisions.answer(dataType, batch, rows, out)
      return true
    }
    const found = this.#models.of(dataType)
    const serving = found instanceof Promise ? await found : found
    const reach = (): void =>
      this.#positions.reach(serving === undefined ? this.#policies.state(dataType) : serving.state, rows[0] as RawRecord)
    if (serving === undefined) {
      reach()
      this.#figures.withoutModel(dataType, rows.length)
      noModelResults(dataType, rows, this.#watch?.(dataType, rows.length)).forEach((result, row) => give(row, result))
      return true
    }
    const answer =
      serving.routes === undefined ? await this.#scoring.scoreRows(serving, batch, rows) : await this.#routed(serving, batch, rows)
    if (answer === undefined) return false
    // Only now: records that are set aside are counted when they are answered, which may be under a later policy.
    this.#watch?.(dataType, rows.length)
    await answer(give)
    reach()
    return true
  }

  /** Each record by the version that its key belongs to; shadows and decoy get them all. Nothing is counted or given before all of them are scored. */
  async #routed(champion: ServingModel, batch: ColumnBatch, rows: readonly RawRecord[]): Promise<ScoredAnswer | undefined> {
    const routes = champion.routes as ModelRoutes
    const { dataType } = champion.state
    const answers: ScoredAnswer[] = []
    for (const [version, members] of rowsByVersion(routes, batch, rows)) {
      const model = (version === 0 ? champion : await this.#models.of(dataType, version)) ?? champion
      const all = members.length === rows.length
      const own = all ? rows : members.map(row => rows[row] as RawRecord)
      const answer = await this.#scoring.scoreRows(model, all ? batch : batchOf(batch, members), own)
      if (answer === undefined) return undefined
      answers.push(give => answer(all ? give : (at, result) => give(members[at] as number, result)))
    }
    return async give => {
      for (const answer of answers) await answer(give)
      if (routes.shadows.length > 0) this.#shadows.add(dataType, batch, rows)
      if (routes.decoy) await this.#context.forwardBatch(decoysOf(rows, champion), decoySink)
    }
  }
}
