import { SluiceError } from '../../base/index.ts'
import { namedIn, type NamedModel } from '../../serving/index.ts'
import type { RecordingWriter } from './recording-writer.ts'
import type { AnsweredResult, ResultSource } from './result-source.ts'

/** What was recorded, and what was left out. */
export interface Recorded {
  readonly results: number
  readonly models: number
  /** Results whose input is not in its topic any more. */
  readonly inputGone: number
  /** Results of which a model is not in Kafka any more. */
  readonly modelGone: number
}

/** Writes results with their inputs, and each model once, before the first result that names it. */
export async function recordResults(
  source: ResultSource,
  writer: Pick<RecordingWriter, 'model' | 'result'>,
  onProgress: (results: number) => void = () => undefined,
): Promise<Recorded> {
  const models = new RecordedModels(source, writer)
  const count = { results: 0, inputGone: 0, modelGone: 0 }
  for await (const answered of source.results()) {
    const { record, input } = answered
    if (input === undefined) count.inputGone++
    else if (!(await models.has(answered))) count.modelGone++
    else {
      await writer.result(record, input)
      onProgress(++count.results)
    }
  }
  return { ...count, models: models.size }
}

/** The models that were looked for. */
class RecordedModels {
  size = 0
  readonly #source: ResultSource
  readonly #writer: Pick<RecordingWriter, 'model'>
  /** Whether each is in the recording. */
  readonly #known = new Map<string, boolean>()

  constructor(source: ResultSource, writer: Pick<RecordingWriter, 'model'>) {
    this.#source = source
    this.#writer = writer
  }

  /** Whether all models of the result are in the recording now. */
  async has({ result }: AnsweredResult): Promise<boolean> {
    for (const named of namedIn(result)) if (!(await this.#hasOne(result.dataType, named))) return false
    return true
  }

  async #hasOne(dataType: string, named: NamedModel): Promise<boolean> {
    const key = JSON.stringify([dataType, named.version, Buffer.from(named.hash).toString('hex')])
    const known = this.#known.get(key) ?? (await this.#write(dataType, named))
    this.#known.set(key, known)
    return known
  }

  async #write(dataType: string, named: NamedModel): Promise<boolean> {
    let found
    try {
      found = await this.#source.models.find(dataType, named)
    } catch (error) {
      if (error instanceof SluiceError && gone.has(error.code)) return false
      throw error
    }
    await this.#writer.model(dataType, found)
    this.size++
    return true
  }
}

const gone: ReadonlySet<string> = new Set(['MODEL_UNKNOWN', 'MODEL_HASH_MISMATCH'])
