import { createHash } from 'node:crypto'
import { env, messageOf, SluiceError } from '../../base/index.ts'
import { contentOf, type LoadedModel, type Model, type Scores } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import { ColumnBatch, type RecordReader } from '../../records/index.ts'
import type { KeptModels, ModelVersion, RecordPlace } from '../../stores/index.ts'
import type { RawRecord } from '../../topology/index.ts'
import { CompositeModel, type CompositeStep } from '../composite/index.ts'
import { ModelLoader } from '../model-loader.ts'
import { readRow, untilReadable } from '../read-row.ts'
import { ScoreResultWriter } from '../score-result-writer.ts'
import type { ServingOptions } from '../serving-options.ts'
import { knownVersion, type NamedModel, wholeOf } from './known-version.ts'

const { Part } = sluice.RacedModel
const { Status } = sluice.ScoreResult

/** Reads the descriptor in the record at a place of the models topic; undefined: it is not there any more. */
export type DescriptorAt = (place: RecordPlace) => Promise<sluice.ModelDescriptor | undefined>

/** What a model gives for the record now. */
export interface ScoredAgain {
  /** The status by name: OK or NO_RESULT. */
  readonly status: string
  /** null: there is no result. */
  readonly score: number | null
  /** A classifier's predicted class; empty: none. */
  readonly label: string
  /** Whether it is, to the last bit, what the result says that the model gave. */
  readonly equal: boolean
  /** Whether it is so for the row alone; false: only beside others, for which a runtime may add up in another order. */
  readonly alone: boolean
}

/** A model that had a part in the result, and what it gives now; or why it was not run. */
export type RescoredModel = Pick<NamedModel, 'version'> & (ScoredAgain | { readonly notScored: string })

/** What a result says that a model gave: a whole result, or of a race the score and the label alone. */
interface Said extends NamedModel {
  /** The models of a composite. */
  readonly steps?: readonly (NamedModel & { readonly name: string })[]
  readonly outcome: sluice.ScoreResult.$Properties
  readonly withOutputs: boolean
}

/**
 * How many copies of the row are scored in one call: ONNX Runtime adds up the rows of a batch in groups, and those that are left over one by one, so that the last bit of a sum
 * depends on which a row was in. Seven have both.
 */
const copies = [1, 7] as const
/** Most models that stay loaded. */
const mostLoaded = 8

/**
 * Scores records again with the models that their results name, and compares. A model's bytes are those of the store or, where they are not kept any more, of
 * the model's record; in both cases they have the SHA-256 of the result.
 */
export class Rescorer {
  readonly #reader: RecordReader
  readonly #loader: ModelLoader
  readonly #store: KeptModels
  readonly #descriptorAt: DescriptorAt
  readonly #loaded = new Map<string, LoadedModel>()

  constructor(options: ServingOptions, store: KeptModels, descriptorAt: DescriptorAt) {
    this.#reader = options.reader
    this.#loader = new ModelLoader(options)
    this.#store = store
    this.#descriptorAt = descriptorAt
  }

  /** What each model that has a score in the result gives for its input record now; empty: no model scored it. */
  async again(result: sluice.ScoreResult, record: RawRecord): Promise<readonly RescoredModel[]> {
    const found: RescoredModel[] = []
    for (const said of saidIn(result)) {
      const { version } = said
      try {
        found.push({ version, ...(await this.#again(result.dataType, said, record)) })
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error
        found.push({ version, notScored: messageOf(error) })
      }
    }
    return found
  }

  async close(): Promise<void> {
    const all = [...this.#loaded.values()]
    this.#loaded.clear()
    await Promise.all(all.map(loaded => loaded.release()))
  }

  async #again(dataType: string, said: Said, record: RawRecord): Promise<ScoredAgain> {
    const model = await this.#modelOf(dataType, said)
    const wanted = bytesOf(said.outcome, said.withOutputs)
    let first: sluice.ScoreResult | undefined
    for (const count of copies) {
      const outcomes = outcomesOf(await model.score(await this.#rows(record, count)), record)
      first ??= outcomes[0]
      const found = outcomes.find(outcome => bytesOf(outcome, said.withOutputs).equals(wanted))
      if (found !== undefined) return scoredAgain(found, { equal: true, alone: count === 1 })
    }
    return scoredAgain(first as sluice.ScoreResult, { equal: false, alone: true })
  }

  async #modelOf(dataType: string, said: Said): Promise<Model> {
    const { steps = [] } = said
    if (steps.length === 0) return (await this.#open(dataType, said)).model
    const made = []
    for (const step of steps)
      made.push({ name: step.name, version: step.version, key: '', model: (await this.#open(dataType, step)).model })
    const last = steps.at(-1) as NamedModel
    const takes = (await knownVersion(this.#store, dataType, last))?.version.takes
    if (takes === undefined)
      throw new SluiceError('MODEL_UNKNOWN', `what version ${last.version} takes of the model before it is not known any more`)
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

  /** A loaded model that stays so until `close`, or until others were used since: thousands of results name the same few, and their records are read from Kafka. */
  async #open(dataType: string, named: NamedModel): Promise<LoadedModel> {
    const key = JSON.stringify([dataType, named.version, Buffer.from(named.hash).toString('hex')])
    const loaded = this.#loaded.get(key) ?? (await this.#load(dataType, named))
    this.#loaded.delete(key)
    this.#loaded.set(key, loaded)
    for (const [oldest, other] of this.#loaded) {
      if (this.#loaded.size <= mostLoaded) break
      this.#loaded.delete(oldest)
      await other.release()
    }
    return loaded
  }

  async #load(dataType: string, named: NamedModel): Promise<LoadedModel> {
    const known = await knownVersion(this.#store, dataType, named)
    if (known?.kept === true) return this.#loader.open(known.version, this.#store)
    const place = named.place ?? known?.version
    const descriptor = place && (await this.#descriptorAt(place))
    const hash = Buffer.from(named.hash)
    if (descriptor === undefined)
      throw new SluiceError(
        'MODEL_UNKNOWN',
        `the bytes of version ${named.version} are not here any more: their SHA-256 is ${hash.toString('hex')}`,
      )
    const version = await versionIn(descriptor, named, known?.version)
    const { data, signature } = descriptor
    return this.#loader.open(version, { bytesOf: wanted => (wanted === version.signature?.hash ? signature : (data ?? undefined)) })
  }
}

/** The models that have a score, or no result, in the result. */
function saidIn(result: sluice.ScoreResult): readonly Said[] {
  const { decision, status, modelVersion, modelHash, modelPartition, modelOffset, steps } = result
  if (!decision) {
    if (status !== Status.OK && status !== Status.NO_RESULT) return []
    const place = { partition: modelPartition, offset: wholeOf(modelOffset) }
    const named = steps.map(({ name, version, hash, partition, offset }) => ({
      name: name ?? '',
      version: wholeOf(version),
      hash: hash ?? new Uint8Array(),
      place: { partition: partition ?? 0, offset: wholeOf(offset) },
    }))
    return [{ version: wholeOf(modelVersion), hash: modelHash, place, outcome: result, withOutputs: true, steps: named }]
  }
  return (decision.models ?? []).flatMap(({ version, hash, part, score, label }) => {
    const scored = part === Part.CONTRIBUTED || part === Part.OUTVOTED
    if (!scored && part !== Part.ABSTAINED) return []
    const outcome = scored ? { status: Status.OK, score: score ?? 0, label: label ?? '' } : { status: Status.NO_RESULT }
    return [{ version: wholeOf(version), hash: hash ?? new Uint8Array(), place: undefined, outcome, withOutputs: false }]
  })
}

/** The version in a model's record. Throws MODEL_HASH_MISMATCH, MODEL_UNKNOWN. */
async function versionIn(
  { name, description, modeltype, data, location, pieces, output, signature }: sluice.ModelDescriptor,
  { version, hash, place }: NamedModel,
  facts: ModelVersion | undefined,
): Promise<ModelVersion> {
  if (pieces > 0) throw new SluiceError('MODEL_UNKNOWN', `version ${version} came in pieces, which are not kept any more`)
  const { hash: found, size } = data && data.length > 0 ? await contentOf(data) : { hash, size: facts?.size ?? 0 }
  if (!Buffer.from(hash).equals(found))
    throw new SluiceError('MODEL_HASH_MISMATCH', `the record of version ${version} has another model now: the topic was made anew`)
  const shown = { name, description, modeltype, output, location: location ?? '', size, since: facts?.since ?? env.now() }
  const signed =
    signature.length === 0 ? {} : { signature: { hash: createHash('sha256').update(signature).digest('hex'), size: signature.length } }
  return {
    version,
    hash,
    ...signed,
    ...(place ?? { partition: 0, offset: 0 }),
    ...shown,
    ...(facts?.heavy === true ? { heavy: true } : {}),
    ...(facts?.takes === undefined ? {} : { takes: facts.takes }),
  }
}

/** The rows' results as they would be written. */
function outcomesOf(scores: Scores, record: RawRecord): readonly sluice.ScoreResult[] {
  const writer = new ScoreResultWriter({ dataType: '', modelName: '', modelVersion: 0, modelHash: new Uint8Array() })
  return writer.write(scores, () => record).map(bytes => sluice.ScoreResult.decode(bytes))
}

function scoredAgain({ score, label, status }: sluice.ScoreResult, compared: Pick<ScoredAgain, 'equal' | 'alone'>): ScoredAgain {
  return { status: Status[status] ?? String(status), score: status === Status.OK ? score : null, label, ...compared }
}

/** The part of a result that a model gives, as bytes. */
function bytesOf({ status, score, label, outputs }: sluice.ScoreResult.$Properties, withOutputs: boolean): Buffer {
  const given = { status: status ?? Status.OK, score: score ?? 0, label: label ?? '' }
  return Buffer.from(sluice.ScoreResult.encode({ ...given, ...(withOutputs ? { outputs: outputs ?? [] } : {}) }).finish())
}
