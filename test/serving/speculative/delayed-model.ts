/** A format whose models take as long, and give what, their bytes say: the module that a model's own process loads, and what tests write. */
import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '../../../base/sluice-error.ts'
import { mapFeatures, type FormatLoader, type Model, type ModelInput, type Scores } from '../../../models/index.ts'
import type { ColumnBatch, NumberColumn } from '../../../records/column-batch.ts'

const magic = 'delayed '

/** What a delayed model does. */
export interface Delayed {
  /** How long a call takes, ms; for the rows that the model fails or abstains on too. */
  readonly ms?: number
  /** The score of a row is factor · alcohol; default 1. */
  readonly factor?: number
  /** A label for every row. */
  readonly label?: string
  /** Rows whose alcohol is a multiple of this have no result. */
  readonly abstainsOn?: number
  /** Rows whose alcohol is a multiple of this fail. */
  readonly failsOn?: number
  /** The process ends in the middle of a call on a row with this alcohol. */
  readonly crashesOn?: number
  /** Distinguishes models that are the same otherwise. */
  readonly note?: string
}

export function delayedBytes(model: Delayed): Uint8Array {
  return Buffer.from(magic + JSON.stringify(model))
}

export const formatLoader: FormatLoader = {
  module: import.meta.url,
  detect: bytes => Buffer.from(bytes).toString('utf8', 0, magic.length) === magic,
  load: ({ bytes }) => Promise.resolve(new DelayedModel(JSON.parse(Buffer.from(bytes).toString('utf8', magic.length)) as Delayed)),
}

class DelayedModel implements Model {
  readonly format = 'DELAYED'
  readonly inputs: readonly ModelInput[] = [{ name: 'alcohol', type: 'float64', width: 1, required: true }]
  readonly outputs = [{ name: 'scored', type: 'float64', width: 1 }] as const
  readonly #model: Delayed

  constructor(model: Delayed) {
    this.#model = model
  }

  async score(batch: ColumnBatch): Promise<Scores> {
    const { ms = 0, factor = 1, label, abstainsOn, failsOn, crashesOn } = this.#model
    const [input] = mapFeatures(this.inputs, batch.specs).inputs
    const { values } = batch.columns[input?.columns[0] as number] as NumberColumn
    const rows = Array.from(values.slice(0, batch.length))
    // Rows of a trial are not worth waiting for.
    const tried = rows.every(value => value < 1000)
    if (ms > 0 && !tried) await sleep(ms)
    const multiple = (value: number, of: number | undefined): boolean => of !== undefined && value >= 1000 && value % of === 0
    if (crashesOn !== undefined && rows.includes(crashesOn)) process.exit(3)
    if (rows.some(value => multiple(value, failsOn))) throw new SluiceError('MODEL_FAILED', 'it fails on this row')
    const score = Float64Array.from(rows, value => value * factor)
    return {
      length: batch.length,
      score,
      labels: label === undefined ? undefined : rows.map(() => label),
      noResult: Uint8Array.from(rows, value => (multiple(value, abstainsOn) ? 1 : 0)),
      outputs: [{ name: 'scored', kind: 'number', width: 1, values: score }],
    }
  }

  dispose(): Promise<void> {
    return Promise.resolve()
  }
}
