import type { StreamRecord } from '../../index.ts'
import { ColumnBatch, defaultModelFactory, messages, type Model, wineRecordReader } from '../../serving.ts'

type Data = StreamRecord<string, Uint8Array>

/** Scores single records. It has each model loaded once, whichever descriptor names it. */
export class Scorer {
  readonly #reader = wineRecordReader()
  readonly #factory = defaultModelFactory()
  readonly #batch = new ColumnBatch(this.#reader.specs, 1)
  readonly #loaded = new Map<string, Promise<Model>>()
  /** Calls of a model must not overlap, and the batch is one. */
  #last: Promise<unknown> = Promise.resolve()

  /** The result of a data record, by the model of a descriptor; undefined: there is none. */
  score(data: Data, descriptor: Uint8Array | undefined): Promise<Data> {
    const scored = this.#last.then(() => this.#score(data, descriptor))
    this.#last = scored.catch(() => undefined)
    return scored
  }

  async #score(data: Data, bytes: Uint8Array | undefined): Promise<Data> {
    const { key: dataType, timestamp } = data
    if (bytes === undefined) return resultOf(data, { dataType, timestamp, status: messages.ScoreResult.Status.NO_MODEL })
    const descriptor = messages.ModelDescriptor.decode(bytes)
    const model = await this.#model(descriptor)
    this.#batch.clear()
    this.#reader.read(data.value, this.#batch, 0)
    this.#batch.length = 1
    const { score } = await model.score(this.#batch)
    return resultOf(data, { dataType, timestamp, modelName: descriptor.name, score: score[0]! })
  }

  #model({ sha256, data, output }: messages.ModelDescriptor): Promise<Model> {
    const hash = Buffer.from(sha256).toString('hex')
    const loading = this.#loaded.get(hash) ?? this.#factory.load({ bytes: data!, format: undefined, output: output || undefined })
    this.#loaded.set(hash, loading)
    return loading
  }

  async close(): Promise<void> {
    await this.#last
    for (const model of this.#loaded.values()) await (await model).dispose()
  }
}

function resultOf(data: Data, result: messages.ScoreResult.$Properties): Data {
  return { ...data, value: messages.ScoreResult.encode(result).finish() }
}
