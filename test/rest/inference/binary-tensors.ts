import type { Answer } from './served-models.ts'

/** A tensor as the protocol has it; whole numbers that a double does not hold are bigints. */
export interface WireTensor {
  readonly name: string
  readonly datatype: string
  readonly shape: readonly number[]
  readonly data: readonly unknown[]
}

export interface BinaryAnswer {
  readonly outputs: readonly WireTensor[]
}

/** JSON, with bigints as the whole numbers that they are. */
export function exactJson(value: unknown): string {
  const marked = JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `#${each}#` : each))
  return marked.replaceAll(/"#(-?\d+)#"/g, '$1')
}

/** A request whose inputs and outputs are all in binary. */
export function binaryRequest(inputs: readonly WireTensor[]): {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
} {
  const pieces = inputs.map(({ datatype, data }) => Buffer.concat(data.map(value => bytesOf(datatype, value))))
  const heads = inputs.map(({ name, datatype, shape }, at) => {
    const size = pieces[at]?.length
    return { name, datatype, shape, parameters: { binary_data_size: size } }
  })
  const json = Buffer.from(JSON.stringify({ inputs: heads, parameters: { binary_data_output: true } }))
  return { body: Buffer.concat([json, ...pieces]), headers: { 'inference-header-content-length': String(json.length) } }
}

/** What an answer in binary holds. */
export function readBinaryAnswer({ bytes, headers }: Answer): BinaryAnswer {
  const jsonLength = Number(headers['inference-header-content-length'])
  const { outputs } = JSON.parse(bytes.toString('utf8', 0, jsonLength)) as {
    readonly outputs: readonly (Omit<WireTensor, 'data'> & { readonly parameters: { readonly binary_data_size: number } })[]
  }
  let from = jsonLength
  return {
    outputs: outputs.map(({ name, datatype, shape, parameters: { binary_data_size: size } }) => {
      const data = valuesOf(datatype, bytes.subarray(from, (from += size)))
      return { name, datatype, shape, data }
    }),
  }
}

interface Codec {
  readonly size: number
  readonly write: (to: DataView, value: never) => void
  readonly read: (from: DataView, at: number) => unknown
}

const number = (size: number, type: 'Int8' | 'Int16' | 'Int32' | 'Uint8' | 'Uint16' | 'Uint32' | 'Float32' | 'Float64'): Codec => ({
  size,
  write: (to, value) => to[`set${type}`](0, value, true),
  read: (from, at) => from[`get${type}`](at, true),
})
const long = (type: 'BigInt64' | 'BigUint64'): Codec => ({
  size: 8,
  write: (to, value) => to[`set${type}`](0, BigInt(value), true),
  read: (from, at) => {
    const value = from[`get${type}`](at, true)
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  },
})

const codecs: Readonly<Record<string, Codec>> = {
  INT8: number(1, 'Int8'),
  INT16: number(2, 'Int16'),
  INT32: number(4, 'Int32'),
  UINT8: number(1, 'Uint8'),
  UINT16: number(2, 'Uint16'),
  UINT32: number(4, 'Uint32'),
  INT64: long('BigInt64'),
  UINT64: long('BigUint64'),
  FP32: number(4, 'Float32'),
  FP64: number(8, 'Float64'),
  BOOL: { size: 1, write: (to, value) => to.setUint8(0, value ? 1 : 0), read: (from, at) => from.getUint8(at) === 1 },
  // Quarters from -15.75 to 15.75, and 0: all of them have a plain encoding.
  FP16: { size: 2, write: (to, value) => to.setUint16(0, halfOf(value), true), read: (from, at) => ofHalf(from.getUint16(at, true)) },
}

function halfOf(value: number): number {
  if (value === 0) return Object.is(value, -0) ? 0x8000 : 0
  const exponent = Math.floor(Math.log2(Math.abs(value)))
  return (value < 0 ? 0x8000 : 0) + ((exponent + 15) << 10) + (Math.abs(value) / 2 ** exponent - 1) * 1024
}

function ofHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  return (bits & 0x7fff) === 0 ? 0 : sign * (1 + (bits & 1023) / 1024) * 2 ** (((bits >> 10) & 31) - 15)
}

function bytesOf(datatype: string, value: unknown): Buffer {
  if (datatype === 'BYTES') {
    const text = Buffer.from(value as string)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(text.length)
    return Buffer.concat([length, text])
  }
  const { size, write } = codecs[datatype] as Codec
  const bytes = Buffer.alloc(size)
  write(new DataView(bytes.buffer, bytes.byteOffset, size), value as never)
  return bytes
}

function valuesOf(datatype: string, bytes: Buffer): unknown[] {
  const values: unknown[] = []
  if (datatype === 'BYTES') {
    for (let at = 0; at < bytes.length;) {
      const end = at + 4 + bytes.readUInt32LE(at)
      values.push(bytes.toString('utf8', at + 4, end))
      at = end
    }
    return values
  }
  const { size, read } = codecs[datatype] as Codec
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at < bytes.length; at += size) values.push(read(view, at))
  return values
}
