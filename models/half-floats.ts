const single = new Float32Array(1)
const bits = new Uint32Array(single.buffer)

/** The bits of the half-precision number nearest to a number; ties go to the even one. */
export function halfBits(value: number): number {
  single[0] = value
  let given = bits[0] as number
  const rest = Math.abs(single[0]) - Math.abs(value)
  // The last bit keeps whether anything was cut off: rounding twice could otherwise create a tie that the number was not.
  if (rest > 0) given = (given - 1) | 1
  else if (rest < 0) given |= 1
  const sign = (given >>> 16) & 0x8000
  const size = given & 0x7fffffff
  if (size > 0x7f800000) return sign | 0x7e00
  // Numbers from 65520 round to infinity.
  if (size >= 0x477ff000) return sign | 0x7c00
  if (size >= 0x38800000) return sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13)
  // Subnormal: a multiple of 2^-24.
  return sign | nearestEven(Math.abs(value) * 16777216)
}

/** The values of half-precision numbers, given by their bits. */
export function halfValues(halves: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, half) => halfValue(half))
  const values = new Float32Array(halves.length)
  for (let i = 0; i < values.length; i++) values[i] = table[halves[i] as number] as number
  return values
}

/** The values of all half-precision numbers, made on first use. */
let table: Float32Array | undefined

/** The value of the half-precision number with these bits. */
export function halfValue(half: number): number {
  const sign = half >= 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 31
  const fraction = half & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

function nearestEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}
