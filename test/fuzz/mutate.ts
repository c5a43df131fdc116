/** Numbers that are the same for the same seed. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761) % 2 ** 32
  }

  /** From 0 to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) % 2 ** 32
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  below(count: number): number {
    return Math.floor(this.next() * count)
  }

  of<T>(all: readonly T[]): T {
    return all[this.below(all.length)] as T
  }
}

export type Mutate = (bytes: Uint8Array, dice: Dice) => Uint8Array

const words = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]
const hugeNumbers = [0n, 1n, 127n, 128n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]
const oddTexts = [
  '',
  '-1',
  '0',
  '1e999',
  'NaN',
  '999999999999999999999',
  '\u0000',
  '\ud800',
  '%s%n',
  '../../etc/passwd',
  '__proto__',
  'x'.repeat(5000),
]

/** Bits, words, cuts, repetitions: of anything. */
export const mutateBytes: Mutate = (bytes, dice) => {
  if (bytes.length === 0) return Buffer.from([dice.below(256)])
  const copy = Buffer.from(bytes)
  const at = dice.below(copy.length)
  const length = Math.min(copy.length - at, 1 + dice.below(32))
  switch (dice.below(6)) {
    case 0:
      copy[at] = (copy[at] as number) ^ (1 << dice.below(8))
      return copy
    case 1:
      for (let byte = 0; byte < 4 && at + byte < copy.length; byte++) copy[at + byte] = (dice.of(words) >>> (8 * byte)) & 0xff
      return copy
    case 2:
      return copy.subarray(0, at)
    case 3:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)])
    case 4:
      return Buffer.concat([copy.subarray(0, at + length), copy.subarray(at)])
    default:
      return Buffer.concat([copy.subarray(0, at), Buffer.from(Array.from({ length }, () => dice.below(256))), copy.subarray(at)])
  }
}

interface Field {
  readonly number: number
  readonly type: number
  readonly content: bigint | Uint8Array
}

function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let left = BigInt.asUintN(64, value)
  do {
    bytes.push(Number(left & 0x7fn) | (left > 0x7fn ? 0x80 : 0))
    left >>= 7n
  } while (left > 0n)
  return Buffer.from(bytes)
}

function readVarint(bytes: Uint8Array, at: number): readonly [value: bigint, next: number] | undefined {
  let value = 0n
  for (let shift = 0n, next = at; next < bytes.length && shift < 70n; shift += 7n) {
    const byte = bytes[next++] as number
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return [value, next]
  }
  return undefined
}

/** undefined if it is not a protobuf message. */
function readFields(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = []
  for (let at = 0; at < bytes.length;) {
    const [tag, after] = readVarint(bytes, at) ?? []
    if (tag === undefined || after === undefined) return undefined
    const [number, type] = [Number(tag >> 3n), Number(tag & 7n)]
    if (number === 0) return undefined
    if (type === 0) {
      const [content, next] = readVarint(bytes, after) ?? []
      if (content === undefined || next === undefined) return undefined
      fields.push({ number, type, content })
      at = next
      continue
    }
    const [length, from] = type === 2 ? (readVarint(bytes, after) ?? []) : [type === 1 ? 8n : type === 5 ? 4n : undefined, after]
    if (length === undefined || from === undefined || from + Number(length) > bytes.length) return undefined
    fields.push({ number, type, content: bytes.subarray(from, from + Number(length)) })
    at = from + Number(length)
  }
  return fields
}

function writeFields(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(({ number, type, content }) => {
      const tag = varint(BigInt(number * 8 + type))
      if (typeof content === 'bigint') return [tag, varint(content)]
      return type === 2 ? [tag, varint(BigInt(content.length)), content] : [tag, content]
    }),
  )
}

/** A field of a protobuf message, at any depth: another value, another place, twice, not at all, another's number. */
export const mutateProtobuf: Mutate = (bytes, dice) => {
  const fields = readFields(bytes)
  if (fields === undefined || fields.length === 0) return mutateBytes(bytes, dice)
  const at = dice.below(fields.length)
  const field = fields[at] as Field
  switch (dice.below(8)) {
    case 0:
      return writeFields(fields.filter((_, other) => other !== at))
    case 1:
      return writeFields([...fields, ...Array.from({ length: 1 + dice.below(20) }, () => field)])
    case 2:
      return writeFields(fields.map((each, other) => (other === at ? { ...each, number: 1 + dice.below(40) } : each)))
    case 3:
      return writeFields([...fields, { number: 1 + dice.below(40), type: 0, content: dice.of(hugeNumbers) }])
    default: {
      const content =
        typeof field.content === 'bigint'
          ? dice.of(hugeNumbers)
          : field.type === 2
            ? dice.below(5) === 0
              ? Buffer.from(dice.of(oddTexts))
              : mutateProtobuf(field.content, dice)
            : mutateBytes(field.content, dice).subarray(0, field.content.length)
      const same = typeof content === 'bigint' || field.type === 2 || content.length === (field.content as Uint8Array).length
      return writeFields(fields.map((each, other) => (other === at && same ? { ...each, content } : each)))
    }
  }
}

/** Tags and attributes of XML, brackets and numbers of JSON, fields of CSV: parts between marks. */
export const mutateText: Mutate = (bytes, dice) => {
  const text = Buffer.from(bytes).toString('utf8')
  const parts = text.split(/(<[^>]*>|"[^"]*"|[{}[\],;])/)
  if (parts.length < 3) return mutateBytes(bytes, dice)
  const at = dice.below(parts.length)
  const part = parts[at] as string
  const other = dice.of(parts)
  const number = dice.of(['-1', '1e308', '-0', '1e999', '0.1', '99999999999999999999', 'NaN', ''])
  const replaced = [
    '',
    part + part,
    other,
    part.repeat(200),
    part.replace(/[\d.]+/, number),
    `${part}${dice.of(oddTexts)}`,
    part.replace(/"[^"]*"/, JSON.stringify(dice.of(oddTexts))),
    part.toUpperCase(),
  ]
  parts[at] = dice.of(replaced)
  return Buffer.from(parts.join(''))
}

/** Several changes, one after the other. */
export function mutated(bytes: Uint8Array, mutate: Mutate, dice: Dice): Uint8Array {
  let current = bytes
  for (let changes = 1 + dice.below(4); changes > 0; changes--)
    current = dice.below(5) === 0 ? mutateBytes(current, dice) : mutate(current, dice)
  return current
}
