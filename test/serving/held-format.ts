/** A format whose models do what a test tells them to by files: the module that a model's own process loads, and what tests write. */
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { mapFeatures, type FormatLoader, type Model, type ModelInput, type Scores } from '../../models/index.ts'
import type { ColumnBatch, NumberColumn } from '../../records/column-batch.ts'

const magic = 'held '

/** The score of a row is its alcohol. */
export interface Held {
  /** While this file is there, the model is not loaded. */
  readonly loads: string
  /** While this file is there, rows whose alcohol is `slow` are not scored. */
  readonly scores: string
}

/** Rows with this alcohol kill the process, or wait. No made-up row of a trial has them. */
export const [kills, slow] = [1234, 4321]

export function heldBytes(model: Held): Uint8Array {
  return Buffer.from(magic + JSON.stringify(model))
}

export const formatLoader: FormatLoader = {
  module: import.meta.url,
  detect: bytes => Buffer.from(bytes).toString('utf8', 0, magic.length) === magic,
  load: async ({ bytes }) => {
    const held = JSON.parse(Buffer.from(bytes).toString('utf8', magic.length)) as Held
    while (existsSync(held.loads)) await sleep(5)
    return new HeldModel(held)
  },
}

class HeldModel implements Model {
  readonly format = 'HELD'
  readonly inputs: readonly ModelInput[] = [{ name: 'alcohol', type: 'float64', width: 1, required: true }]
  readonly outputs = [{ name: 'scored', type: 'float64', width: 1 }] as const
  readonly #held: Held

  constructor(held: Held) {
    this.#held = held
  }

  async score(batch: ColumnBatch): Promise<Scores> {
    const [input] = mapFeatures(this.inputs, batch.specs).inputs
    const { values } = batch.columns[input?.columns[0] as number] as NumberColumn
    const score = Float64Array.from(values.slice(0, batch.length))
    if (score.includes(kills)) process.exit(3)
    if (score.includes(slow)) while (existsSync(this.#held.scores)) await sleep(5)
    return {
      length: batch.length,
      score,
      labels: undefined,
      noResult: undefined,
      outputs: [{ name: 'scored', kind: 'number', width: 1, values: score }],
    }
  }

  dispose(): Promise<void> {
    return Promise.resolve()
  }
}
