import type { DefaultDeserializer, DefaultSerializer } from 'node:v8'
import type { FrameForm } from './frames.ts'
import type { GuardAnswer } from './guard-messages.ts'
import type { PlainBatch, PlainColumn } from './plain-batch.ts'

type Numbers = Extract<PlainColumn, { readonly values: Float64Array }>

/** What is written of a batch before the numbers of the columns that have nothing else: those columns are null. A number stands for so many of them, and no others. */
interface BatchHead extends Pick<PlainBatch, 'specs' | 'length'> {
  readonly columns: number | readonly (PlainColumn | null)[]
}

/** A batch to score. Its numbers are written as they are, without an object a column. */
const batchForm: FrameForm<PlainBatch, PlainBatch> = {
  write(serializer: DefaultSerializer, { specs, length, columns }: PlainBatch): void {
    const plain = columns.map(column => (isPlain(column) ? null : column))
    const head: BatchHead = { specs, length, columns: plain.some(column => column !== null) ? plain : plain.length }
    serializer.writeValue(head)
    for (const column of columns) if (isPlain(column)) serializer.writeRawBytes(bytesOf(column.values))
  },

  read(deserializer: DefaultDeserializer): PlainBatch {
    const { specs, length, columns } = deserializer.readValue() as BatchHead
    const all = typeof columns === 'number' ? Array.from({ length: columns }, () => null) : columns
    return { specs, length, columns: all.map(column => column ?? { values: numbersOf(deserializer, length), missing: undefined }) }
  },
}

/** What an instance sends to a model's process, and takes from it. */
export const instanceForm: FrameForm<PlainBatch, unknown> = {
  write: (serializer, batch) => batchForm.write(serializer, batch),
  read: deserializer => deserializer.readValue() as unknown,
}

/** What a model's process sends, and takes. */
export const processForm: FrameForm<GuardAnswer, PlainBatch> = {
  write: (serializer, answer) => void serializer.writeValue(answer),
  read: deserializer => batchForm.read(deserializer),
}

function isPlain(column: PlainColumn): column is Numbers {
  return column.values instanceof Float64Array && column.missing === undefined && column.exact === undefined && column.invalid === undefined
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** A copy: the bytes lie anywhere. */
function numbersOf(deserializer: DefaultDeserializer, length: number): Float64Array {
  const numbers = new Float64Array(length)
  bytesOf(numbers).set(deserializer.readRawBytes(8 * length))
  return numbers
}
