import { putVarint, unsignedVarintSize } from '../base/index.ts'
import type { OutputColumn, Scores } from '../models/index.ts'
import { sluice } from '../proto/messages.js'

const { Status } = sluice.ScoreResult

/** Tags of ScoreResult's fields (proto/result.proto): field number and wire type. */
const tag = { score: 0x21, timestamp: 0x28, status: 0x50, label: 0x5a, outputs: 0x62, inputPartition: 0x70, inputOffset: 0x78 } as const
const namedOutput = { numbers: 0x12, texts: 0x1a } as const

/** Room for the fixed part of a result: score, timestamp, status, partition, offset. */
const fixedBytes = 64

/** The input record that a result answers. */
export interface Answered {
  readonly timestamp: number
  readonly partition: number
  readonly offset: number
}

/** What all results of a model version have in common, under one policy. */
export interface ResultOrigin {
  readonly dataType: string
  readonly modelName: string
  /** 0 and an empty hash: there was no model. */
  readonly modelVersion: number
  readonly modelHash: Uint8Array
  readonly role?: sluice.ModelRole
  /** The number of the policy. */
  readonly policy?: number
  /** The place of the model's record. */
  readonly modelPartition?: number
  readonly modelOffset?: number
  /** The models of a composite. */
  readonly steps?: sluice.ScoredStep.$Properties[]
}

/**
 * Writes ScoreResults of one model version. The parts that all results share (names, version, hash, output names) are encoded once.
 * A batch is written into one buffer; each result is a view of it.
 */
export class ScoreResultWriter {
  readonly #prefix: Buffer
  readonly #labels = new Map<string, Buffer>()
  readonly #outputs = new Map<string, Buffer>()

  constructor(constant: ResultOrigin) {
    this.#prefix = Buffer.from(sluice.ScoreResult.encode(constant).finish())
  }

  /** One result a row, in the rows' order. `answered(row)` is the row's input. */
  write(scores: Scores, answered: (row: number) => Answered): Buffer[] {
    const out = new ByteWriter(this.#sizeOf(scores))
    const results: Buffer[] = []
    for (let row = 0; row < scores.length; row++) {
      const start = out.at
      const input = answered(row)
      out.bytes(this.#prefix)
      if (scores.noResult?.[row] === 1) {
        out.byte(tag.status).byte(Status.NO_RESULT)
      } else {
        out.byte(tag.score).double(scores.score[row] as number)
        const label = scores.labels?.[row]
        if (label !== undefined) out.bytes(this.#label(label))
      }
      this.#writeInput(out, input)
      for (const column of scores.outputs) this.#writeOutput(out, column, row)
      results.push(out.from(start))
    }
    return results
  }

  /** A result without a score; `error` says why there is none. */
  writeStatus(status: sluice.ScoreResult.Status, input: Answered, error = ''): Buffer {
    const rest = sluice.ScoreResult.encode({
      status,
      error,
      timestamp: input.timestamp,
      inputPartition: input.partition,
      inputOffset: input.offset,
    })
    return Buffer.concat([this.#prefix, rest.finish()])
  }

  #writeInput(out: ByteWriter, { timestamp, partition, offset }: Answered): void {
    out.byte(tag.timestamp).varint(timestamp).byte(tag.inputPartition).varint(partition).byte(tag.inputOffset).varint(offset)
  }

  #writeOutput(out: ByteWriter, column: OutputColumn, row: number): void {
    const { width, values } = column
    const name = this.#outputName(column.name)
    const first = row * width
    if (column.kind === 'number') {
      const numbers = width * 8
      out.byte(tag.outputs).varint(name.length + 1 + unsignedVarintSize(numbers) + numbers)
      out.bytes(name).byte(namedOutput.numbers).varint(numbers)
      for (let i = 0; i < width; i++) out.double(values[first + i] as number)
      return
    }
    const texts = column.values.slice(first, first + width).map(text => Buffer.from(text, 'utf8'))
    out.byte(tag.outputs).varint(texts.reduce((sum, text) => sum + 1 + unsignedVarintSize(text.length) + text.length, name.length))
    out.bytes(name)
    for (const text of texts) out.byte(namedOutput.texts).varint(text.length).bytes(text)
  }

  /** The label's encoded field, cached: a classifier has few labels. */
  #label(label: string): Buffer {
    return cached(this.#labels, label, () => Buffer.from(sluice.ScoreResult.encode({ label }).finish()))
  }

  /** The encoded name field of a NamedOutput. */
  #outputName(name: string): Buffer {
    return cached(this.#outputs, name, () => Buffer.from(sluice.NamedOutput.encode({ name }).finish()))
  }

  /** An upper bound of the batch's size, bytes. */
  #sizeOf(scores: Scores): number {
    let row = this.#prefix.length + fixedBytes
    let texts = 0
    for (const { name, kind, width, values } of scores.outputs) {
      row += this.#outputName(name).length + 12 + width * (kind === 'number' ? 8 : 6)
      if (kind === 'text') for (const text of values) texts += Buffer.byteLength(text)
    }
    if (scores.labels !== undefined) for (const label of scores.labels) texts += this.#label(label).length
    return row * scores.length + texts
  }
}

/** Largest number of entries of a cache; labels and names come from models and may be many. */
const maxCached = 10_000

function cached(cache: Map<string, Buffer>, key: string, make: () => Buffer): Buffer {
  let value = cache.get(key)
  if (value === undefined) {
    if (cache.size >= maxCached) cache.clear()
    cache.set(key, (value = make()))
  }
  return value
}

/** Appends to one buffer of known size. */
class ByteWriter {
  readonly #buffer: Buffer
  at = 0

  constructor(size: number) {
    // Results are views of this buffer until the next commit; a part of Node's pool would keep the pool in memory.
    this.#buffer = Buffer.allocUnsafeSlow(size)
  }

  from(start: number): Buffer {
    return this.#buffer.subarray(start, this.at)
  }

  byte(value: number): this {
    this.#buffer[this.at++] = value
    return this
  }

  bytes(value: Uint8Array): this {
    this.#buffer.set(value, this.at)
    this.at += value.length
    return this
  }

  double(value: number): this {
    this.at = this.#buffer.writeDoubleLE(value, this.at)
    return this
  }

  /** Whole numbers up to 2^53; a negative number takes ten bytes, as in protobuf. */
  varint(value: number): this {
    if (value < 0) return this.#negative(value)
    this.at = putVarint(this.#buffer, this.at, value)
    return this
  }

  #negative(value: number): this {
    let rest = BigInt.asUintN(64, BigInt(value))
    for (; rest >= 0x80n; rest >>= 7n) this.#buffer[this.at++] = Number(rest & 0x7fn) | 0x80
    this.#buffer[this.at++] = Number(rest)
    return this
  }
}
