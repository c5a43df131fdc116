/** A format whose models do what the first value of a batch says: the module that a model's own process loads. */
import { writeSync } from 'node:fs'
import { mapFeatures, type FormatLoader, type Model, type ModelInput, type Scores } from '../../../models/index.ts'
import { FrameWriter } from '../../../models/guard/frame-writer.ts'
import { framesFile } from '../../../models/guard/guard-messages.ts'
import type { ColumnBatch, NumberColumn } from '../../../records/column-batch.ts'

export const waywardBytes = Buffer.from('wayward')

/** What a first value does; a second one is the number of the call that is answered. No made-up row of a trial has one of them. */
export const ways = { grows: 90_001, breaks: 90_002, claims: 90_003, chatters: 90_004, lies: 90_005 } as const

const growsBytes = 2_000_000

export const formatLoader: FormatLoader = {
  module: import.meta.url,
  detect: bytes => waywardBytes.equals(bytes),
  load: () => Promise.resolve(new WaywardModel()),
}

/** The values of a record, 16 times each. */
class WaywardModel implements Model {
  readonly format = 'WAYWARD'
  readonly inputs: readonly ModelInput[] = [{ name: 'x', type: 'float64', width: 1, required: true }]
  readonly outputs = [{ name: 'many', type: 'float64', width: 16 }] as const
  readonly #kept: Buffer[] = []

  score(batch: ColumnBatch): Scores {
    const [input] = mapFeatures(this.inputs, batch.specs).inputs
    const score = (batch.columns[input?.columns[0] as number] as NumberColumn).values.slice(0, batch.length)
    if (score[0] === ways.grows) this.#kept.push(Buffer.alloc(growsBytes, 1))
    for (const bytes of sentFor(score)) writeSync(framesFile, bytes)
    const values = Float64Array.from({ length: 16 * batch.length }, (_, at) => score[at >> 4] as number)
    return {
      length: batch.length,
      score,
      labels: undefined,
      noResult: undefined,
      outputs: [{ name: 'many', kind: 'number', width: 16, values }],
    }
  }

  dispose(): Promise<void> {
    return Promise.resolve()
  }
}

function sentFor([way, call = 0]: Float64Array): readonly Uint8Array[] {
  if (way === ways.breaks) return [Buffer.from('garbage, and more of it')]
  if (way === ways.claims) return [Buffer.alloc(16, 0xff)]
  if (way === ways.chatters)
    return Array.from({ length: 20 }, () => message(call, writer => writer.value({ kind: 'scores', scores: undefined })))
  if (way === ways.lies)
    return [
      message(call, writer => {
        writer.value({ kind: 'scores', scores: { length: 2, score: Float64Array.of(1, 2), outputs: [] } })
      }),
    ]
  return []
}

function message(call: number, write: (writer: FrameWriter) => void): Buffer {
  const writer = new FrameWriter()
  writer.begin(call)
  writer.whole(0)
  write(writer)
  return Buffer.from(writer.end())
}
