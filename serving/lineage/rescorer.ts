import { type ErrorCode, messageOf, SluiceError } from '../../base/index.ts'
import type { LoadedModel, Model, Scores } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import { ColumnBatch, type RecordReader } from '../../records/index.ts'
import type { ModelVersion } from '../../stores/index.ts'
import type { RawRecord } from '../../topology/index.ts'
import { CompositeModel, type CompositeStep } from '../composite/index.ts'
import { ModelLoader } from '../model-loader.ts'
import { readRow, untilReadable } from '../read-row.ts'
import { ScoreResultWriter } from '../score-result-writer.ts'
import type { ServingOptions } from '../serving-options.ts'
import { differenceOf } from './difference-of.ts'
import type { NamedModel } from './known-version.ts'
import type { NamedModels } from './named-models.ts'
import { type Said, saidIn } from './said-in.ts'

const { Status } = sluice.ScoreResult

/** What a model gives for the record now. */
export interface ScoredAgain {
  /** The status by name: OK or NO_RESULT; FAILED, where the result says so too. */
  readonly status: string
  /** null: there is no result. */
  readonly score: number | null
  /** A classifier's predicted class; empty: none. */
  readonly label: string
  /** Whether it is, to the last bit or within the tolerance, what the result says that the model gave. */
  readonly equal: boolean
  /** Whether it is so for the row alone; false: only beside others, for which a runtime may add up in another order. */
  readonly alone: boolean
  /** What differs first (see `differenceOf`); absent: nothing. */
  readonly differs?: string
}

/** Why a model was not run, or has no result now. */
export interface NotScored {
  readonly notScored: string
  /** The error's code; absent: the result tells of a failure, and there is none now. */
  readonly code?: ErrorCode
}

/** A model that had a part in the result, and what it gives now; or why it was not run. */
export type RescoredModel = Pick<NamedModel, 'version'> & (ScoredAgain | NotScored)

/** A model that is loaded, and what it takes of the one before it. */
interface OpenModel {
  readonly loaded: LoadedModel
  readonly takes: ModelVersion['takes'] | undefined
}

/**
 * How many copies of the row are scored in one call: ONNX Runtime adds up the rows of a batch in groups, and those that are left over one by one, so that the last bit of a sum
 * depends on which a row was in. Seven have both.
 */
const copies = [1, 7] as const
/** Most models that stay loaded. */
const mostLoaded = 8

/** Scores records again with the models that their results name, and compares. Each model has the SHA-256 of the result. */
export class Rescorer {
  readonly #reader: RecordReader
  readonly #loader: ModelLoader
  readonly #models: NamedModels
  readonly #tolerance: number
  readonly #open = new Map<string, OpenModel>()

  /** `tolerance`: see `Comparison`. */
  constructor(options: ServingOptions, models: NamedModels, tolerance = 0) {
    this.#reader = options.reader
    this.#loader = new ModelLoader(options)
    this.#models = models
    this.#tolerance = tolerance
  }

  /** What each model that has a score, no result or a failure in the result gives for its input record now; empty: no model was run for it. */
  async again(result: sluice.ScoreResult, record: RawRecord): Promise<readonly RescoredModel[]> {
    const found: RescoredModel[] = []
    for (const said of saidIn(result)) {
      const { version } = said
      try {
        found.push({ version, ...(await this.#again(result.dataType, said, record)) })
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error
        found.push({ version, notScored: messageOf(error), code: error.code })
      }
    }
    return found
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()]
    this.#open.clear()
    await Promise.all(all.map(({ loaded }) => loaded.release()))
  }

  async #again(dataType: string, said: Said, record: RawRecord): Promise<ScoredAgain | NotScored> {
    const model = await this.#modelOf(dataType, said)
    return said.outcome.status === Status.FAILED ? this.#failsAgain(model, said, record) : this.#scoresAgain(model, said, record)
  }

  async #scoresAgain(model: Model, said: Said, record: RawRecord): Promise<ScoredAgain> {
    let first: sluice.ScoreResult | undefined
    for (const count of copies) {
      const outcomes = outcomesOf(await scoresOf(model, await this.#rows(record, count)), record)
      first ??= outcomes[0]
      const found = outcomes.find(outcome => this.#difference(said, outcome) === undefined)
      if (found !== undefined) return scoredAgain(found, { equal: true, alone: count === 1 })
    }
    const outcome = first as sluice.ScoreResult
    return scoredAgain(outcome, { equal: false, alone: true, differs: this.#difference(said, outcome) ?? '' })
  }

  /** A failure may have been one of the moment, such as a deadline: that there is none now is no other result. */
  async #failsAgain(model: Model, said: Said, record: RawRecord): Promise<ScoredAgain | NotScored> {
    const rows = await this.#rows(record, 1)
    try {
      await model.score(rows)
    } catch (error) {
      const differs = this.#difference(said, { status: Status.FAILED, error: messageOf(error) })
      const same = { status: 'FAILED', score: null, label: '', equal: differs === undefined, alone: true }
      return differs === undefined ? same : { ...same, differs }
    }
    return { notScored: `it failed then, and does not now: ${said.outcome.error}` }
  }

  #difference({ outcome: said, withOutputs }: Said, outcome: sluice.ScoreResult.$Properties): string | undefined {
    return differenceOf(said, outcome, { withOutputs, tolerance: this.#tolerance })
  }

  async #modelOf(dataType: string, said: Said): Promise<Model> {
    const { steps = [] } = said
    if (steps.length === 0) return (await this.#opened(dataType, said)).loaded.model
    const made = []
    let takes: OpenModel['takes']
    for (const step of steps) {
      const open = await this.#opened(dataType, step)
      made.push({ name: step.name, version: step.version, key: '', model: open.loaded.model })
      takes = open.takes
    }
    if (takes === undefined)
      throw new SluiceError('MODEL_UNKNOWN', `what version ${steps.at(-1)?.version} takes of the model before it is not known any more`)
    return new CompositeModel(made as unknown as [CompositeStep, CompositeStep], takes)
  }

  /** So many copies of the record. */
  async #rows(record: RawRecord, count: number): Promise<ColumnBatch> {
    await untilReadable(this.#reader, record.value ?? new Uint8Array())
    const batch = new ColumnBatch(this.#reader.specs, count)
    while (batch.length < count) {
      readRow(this.#reader, record, batch)
      batch.length++
    }
    return batch
  }

  /** A loaded model that stays so until `close`, or until others were used since: thousands of results name the same few, and their bytes are read from elsewhere. */
  async #opened(dataType: string, named: NamedModel): Promise<OpenModel> {
    const key = JSON.stringify([dataType, named.version, Buffer.from(named.hash).toString('hex')])
    const open = this.#open.get(key) ?? (await this.#load(dataType, named))
    this.#open.delete(key)
    this.#open.set(key, open)
    for (const [oldest, other] of this.#open) {
      if (this.#open.size <= mostLoaded) break
      this.#open.delete(oldest)
      await other.loaded.release()
    }
    return open
  }

  async #load(dataType: string, named: NamedModel): Promise<OpenModel> {
    const { version, bytesOf } = await this.#models.find(dataType, named)
    return { loaded: await this.#loader.open(version, { bytesOf }), takes: version.takes }
  }
}

/** What a model of a program's own throws may be anything. */
async function scoresOf(model: Model, rows: ColumnBatch): Promise<Scores> {
  try {
    return await model.score(rows)
  } catch (error) {
    throw error instanceof SluiceError ? error : new SluiceError('MODEL_FAILED', messageOf(error), { cause: error })
  }
}

/** The rows' results as they would be written. */
function outcomesOf(scores: Scores, record: RawRecord): readonly sluice.ScoreResult[] {
  const writer = new ScoreResultWriter({ dataType: '', modelName: '', modelVersion: 0, modelHash: new Uint8Array() })
  return writer.write(scores, () => record).map(bytes => sluice.ScoreResult.decode(bytes))
}

function scoredAgain(
  { score, label, status }: sluice.ScoreResult,
  compared: Pick<ScoredAgain, 'equal' | 'alone' | 'differs'>,
): ScoredAgain {
  return { status: Status[status] ?? String(status), score: status === Status.OK ? score : null, label, ...compared }
}
