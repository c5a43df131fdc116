import { mapFeatures, ModelFactory, type Model, type ModelInput, type ModelOutput, type Scores } from '../../models/index.ts'
import type { ColumnBatch } from '../../records/column-batch.ts'
import { jsonRecordReader } from '../../records/json-record-reader.ts'
import type { RecordReader } from '../../records/record-reader.ts'
import { SluiceError } from '../../base/sluice-error.ts'
import type { TestRecord } from '../../topology/index.ts'

const magic = 'rule '

/** What a rule model is made of. */
export interface Rule {
  readonly factor: number
  /** Whether it answers at once or a turn of the event loop later. */
  readonly later?: boolean
}

export function ruleBytes(rule: Rule): Uint8Array {
  return Buffer.from(magic + JSON.stringify(rule))
}

/** A factory with one format of its own: rules, told by their first bytes. */
export function ruleFactory(): ModelFactory {
  return new ModelFactory().register('RULE', {
    detect: bytes => Buffer.from(bytes).toString('utf8', 0, magic.length) === magic,
    load: ({ bytes }) => Promise.resolve(new RuleModel(JSON.parse(Buffer.from(bytes).toString('utf8', magic.length)) as Rule)),
  })
}

/** JSON records of a number `x` and a text `word`, with their data type in `type`. */
export function ruleReader(): RecordReader {
  return jsonRecordReader({
    specs: [
      { name: 'x', kind: 'number' },
      { name: 'word', kind: 'text' },
    ],
    dataTypeField: 'type',
  })
}

/** Large numbers come with a word, small ones without. */
export function ruleRecord(type: string, x: number, more: Partial<TestRecord> = {}): TestRecord {
  const word = x > 3 ? { word: 'größer'.slice(0, x % 7) } : {}
  return { key: type, value: JSON.stringify({ type, x, ...word }), ...more }
}

/** Scores x as factor · x. It fails on negative numbers and has no result where x is 0 or missing. Its answers live in arrays that its next call fills anew. */
class RuleModel implements Model {
  readonly format = 'RULE'
  readonly inputs: readonly ModelInput[] = [
    { name: 'x', type: 'float64', width: 1, required: true },
    { name: 'word', type: 'string', width: 1, required: true },
  ]
  readonly outputs: readonly ModelOutput[] = [
    { name: 'pair', type: 'float64', width: 2 },
    { name: 'words', type: 'string', width: 2 },
  ]
  readonly #rule: Rule
  #score = new Float64Array(1)
  #noResult = new Uint8Array(1)
  #pairs = new Float64Array(2)
  readonly #labels: string[] = []
  readonly #words: string[] = []
  #disposed = false

  constructor(rule: Rule) {
    this.#rule = rule
  }

  score(batch: ColumnBatch): Scores | Promise<Scores> {
    if (this.#disposed) throw new Error('scored after it was disposed of')
    if (this.#rule.later !== true) return this.#scoreNow(batch)
    return new Promise(resolve => setImmediate(resolve)).then(() => this.#scoreNow(batch))
  }

  dispose(): Promise<void> {
    this.#disposed = true
    return Promise.resolve()
  }

  #scoreNow(batch: ColumnBatch): Scores {
    const { length } = batch
    const [x, word] = mapFeatures(this.inputs, batch.specs).inputs.map(({ columns }) => batch.columns[columns[0] as number])
    if (x?.kind !== 'number' || word?.kind !== 'text') throw new SluiceError('MODEL_INPUT_MISMATCH', 'x is no number, or word no text')
    if (this.#score.length < length) {
      this.#score = new Float64Array(length)
      this.#noResult = new Uint8Array(length)
      this.#pairs = new Float64Array(2 * length)
    }
    for (let row = 0; row < length; row++) {
      const missing = x.missing[row] === 1
      this.#scoreRow(row, missing ? 0 : (x.values[row] as number), word.values[row])
    }
    return {
      length,
      score: this.#score,
      labels: this.#labels,
      noResult: this.#noResult,
      outputs: [
        { name: 'pair', kind: 'number', width: 2, values: this.#pairs },
        { name: 'words', kind: 'text', width: 2, values: this.#words },
      ],
    }
  }

  #scoreRow(row: number, x: number, word: string | undefined): void {
    if (x < 0) throw new SluiceError('MODEL_FAILED', `it cannot take ${x}`)
    const score = this.#rule.factor * x
    this.#noResult[row] = x === 0 ? 1 : 0
    this.#score[row] = score
    this.#labels[row] = score > 100 ? 'large' : 'small'
    this.#pairs.set([x, score], 2 * row)
    this.#words[2 * row] = `x ${x}`
    this.#words[2 * row + 1] = word ?? 'no word'
  }
}
