import type { FrameReader } from './frame-reader.ts'
import type { FrameWriter } from './frame-writer.ts'
import type { PlainBatch, PlainColumn } from './plain-batch.ts'

type Numbers = Extract<PlainColumn, { readonly values: Float64Array }>

/** How a column is written: as an object; as its numbers; or as these and a byte for each that says whether it is missing. */
const [asObject, asNumbers, withMissing] = [0, 1, 2] as const

/** What is written of a batch as an object, if there is any of it. */
interface Objects extends Pick<PlainBatch, 'specs'> {
  readonly columns: readonly PlainColumn[]
}

/** A batch of records, as the process of a model gets it: how many rows and columns, how each column is written, their numbers, and what is an object. */
export const batchForm = {
  write(writer: FrameWriter, { specs, length, columns }: PlainBatch): void {
    const ways = Uint8Array.from(columns, wayOf)
    const objects = columns.filter((_, at) => ways[at] === asObject)
    const some = specs !== undefined || objects.length > 0
    writer.whole(length)
    writer.whole(columns.length)
    writer.whole(Number(some))
    writer.numbers(ways)
    for (let at = 0; at < columns.length; at++) {
      if (ways[at] === asObject) continue
      const { values, missing } = columns[at] as Numbers
      writer.numbers(values)
      if (missing !== undefined) writer.numbers(missing)
    }
    if (some) writer.value({ specs, columns: objects } satisfies Objects)
  },

  read(reader: FrameReader): PlainBatch {
    const [length, count, some] = [reader.whole(), reader.whole(), reader.whole()]
    const ways = reader.numbers('Uint8Array', count)
    const columns = Array.from(ways, way => (way === asObject ? undefined : numbersOf(reader, length, way === withMissing)))
    if (some === 0) return { specs: undefined, length, columns: columns as Numbers[] }
    const objects = reader.value() as Objects
    let next = 0
    return { specs: objects.specs, length, columns: columns.map(column => column ?? (objects.columns[next++] as PlainColumn)) }
  },
}

function wayOf({ values, missing, exact, invalid }: PlainColumn): number {
  if (!(values instanceof Float64Array) || exact !== undefined || invalid !== undefined) return asObject
  return missing === undefined ? asNumbers : withMissing
}

function numbersOf(reader: FrameReader, length: number, hasMissing: boolean): Numbers {
  const values = reader.numbers('Float64Array', length)
  return { values, missing: hasMissing ? reader.numbers('Uint8Array', length) : undefined }
}
