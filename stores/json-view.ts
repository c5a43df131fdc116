import { asBuffer } from '../records/index.ts'

/**
 * A value in a form that JSON can hold: bytes as base64, 64-bit integers as numbers if those are exact and else as text, Map as an object,
 * Set as an array, and an object with `toJSON` as what that returns.
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

/** A 64-bit integer of protobufjs: two signed halves. */
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
