import { asBuffer } from '../records/index.ts'

/**
 * A value in a form that JSON can carry: bytes as base64, 64-bit integers as numbers where they fit and as text where they do not,
 * Map as an object and Set as an array, whatever has a `toJSON` as that says.
 */
export function jsonView(value: unknown): unknown {
  if (typeof value === 'bigint') return jsonInteger(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return asBuffer(value).toString('base64')
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, jsonView)
  if (isLong(value)) return jsonInteger(integerOf(value))
  if ('toJSON' in value && typeof value.toJSON === 'function') return jsonView((value.toJSON as () => unknown)())
  if (Array.isArray(value) || value instanceof Set) return Array.from(value as Iterable<unknown>, jsonView)
  const entries =
    value instanceof Map ? Array.from(value as Map<unknown, unknown>, ([key, item]) => [String(key), item] as const) : Object.entries(value)
  return Object.fromEntries(entries.map(([key, item]) => [key, jsonView(item)]))
}

function jsonInteger(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}

/** What protobufjs gives for a 64-bit integer: two signed halves. */
interface LongParts {
  readonly low: number
  readonly high: number
  readonly unsigned: boolean
}

function isLong(value: object): value is LongParts {
  return 'low' in value && 'high' in value && 'unsigned' in value && typeof value.unsigned === 'boolean'
}

function integerOf({ low, high, unsigned }: LongParts): bigint {
  const bits = (BigInt(high) << 32n) | BigInt(low >>> 0)
  return unsigned ? BigInt.asUintN(64, bits) : bits
}
