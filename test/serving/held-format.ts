/** A format whose models do what a test tells them to by files: the module that a model's own process loads, and what tests write. */
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '../../base/sluice-error.ts'
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

const pickyMagic = 'picky '

/** A model of this process, whose score of a row is its alcohol; it fails where that is `slow`. */
export function pickyBytes(name: string): Uint8Array {
  return Buffer.from(pickyMagic + name)
}

export const pickyLoader: FormatLoader = {
  detect: bytes => Buffer.from(bytes).toString('utf8', 0, pickyMagic.length) === pickyMagic,
  load: () => Promise.resolve(new PickyModel()),
}

abstract class AlcoholModel implements Model {
  abstract readonly format: string
  readonly inputs: readonly ModelInput[] = [{ name: 'alcohol', type: 'float64', width: 1, required: true }]
  readonly outputs = [{ name: 'scored', type: 'float64', width: 1 }] as const

  abstract score(batch: ColumnBatch): Scores | Promise<Scores>

  dispose(): Promise<void> {
    return Promise.resolve()
  }

  protected alcoholOf(batch: ColumnBatch): Float64Array {
    const [input] = mapFeatures(this.inputs, batch.specs).inputs
    const { values } = batch.columns[input?.columns[0] as number] as NumberColumn
    return Float64Array.from(values.slice(0, batch.length))
  }

  protected scores(score: Float64Array): Scores {
    const outputs = [{ name: 'scored', kind: 'number', width: 1, values: score }] as const
    return { length: score.length, score, labels: undefined, noResult: undefined, outputs }
  }
}

class PickyModel extends AlcoholModel {
  readonly format = 'PICKY'

  score(batch: ColumnBatch): Scores {
    const score = this.alcoholOf(batch)
    if (score.includes(slow)) throw new SluiceError('MODEL_FAILED', `it does not take ${slow}`)
    return this.scores(score)
  }
}

class HeldModel extends AlcoholModel {
  readonly format = 'HELD'
  readonly #held: Held

  constructor(held: Held) {
    super()
    this.#held = held
  }

  async score(batch: ColumnBatch): Promise<Scores> {
    const score = this.alcoholOf(batch)
    if (score.includes(kills)) process.exit(3)
    if (score.includes(slow)) while (existsSync(this.#held.scores)) await sleep(5)
    return this.scores(score)
  }
}
