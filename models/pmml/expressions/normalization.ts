import { normalCdf } from './distributions.ts'

/** The functions that turn a linear predictor into a value or a probability, by PMML's names. */
export const inverseLinks = {
  identity: (y: number) => y,
  logit: (y: number) => 1 / (1 + Math.exp(-y)),
  probit: (y: number) => normalCdf(y),
  cloglog: (y: number) => 1 - Math.exp(-Math.exp(y)),
  loglog: (y: number) => Math.exp(-Math.exp(-y)),
  cauchit: (y: number) => 0.5 + Math.atan(y) / Math.PI,
  exp: (y: number) => Math.exp(y),
} as const

export type InverseLink = keyof typeof inverseLinks

/** An inverse link in single precision, rounded after each step as in the reference evaluator. */
export function floatLink(link: InverseLink, y: number): number {
  switch (link) {
    case 'logit':
      return Math.fround(1 / Math.fround(1 + floatExp(-y)))
    case 'cloglog':
      return Math.fround(1 - floatExp(-floatExp(y)))
    case 'loglog':
      return floatExp(-floatExp(-y))
    case 'exp':
      return floatExp(y)
    case 'cauchit':
      return Math.fround(0.5 + Math.fround(Math.fround(1 / Math.PI) * Math.fround(Math.atan(y))))
    default:
      return Math.fround(inverseLinks[link](y))
  }
}

/** The reference evaluator's e in single precision. Its exponentials are powers of this number. */
const floatE = 2.7182817

function floatExp(y: number): number {
  return Math.fround(floatE ** y)
}

/** Replaces the values by their softmax. Subtracting the largest value keeps exp from overflowing. */
export function softmax(values: Float64Array, float: boolean): void {
  let largest = -Infinity
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i] as number)
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    const value = float ? floatExp(Math.fround((values[i] as number) - largest)) : Math.exp((values[i] as number) - largest)
    values[i] = value
    sum = float ? Math.fround(sum + value) : sum + value
  }
  divide(values, sum, float)
}

/** Replaces each value by its share of the sum. */
export function simplemax(values: Float64Array, float: boolean): void {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum = float ? Math.fround(sum + (values[i] as number)) : sum + (values[i] as number)
  divide(values, sum, float)
}

function divide(values: Float64Array, sum: number, float: boolean): void {
  for (let i = 0; i < values.length; i++) values[i] = float ? Math.fround((values[i] as number) / sum) : (values[i] as number) / sum
}
