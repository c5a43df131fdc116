import { erf, normalCdf, normalPdf, normalQuantile } from './distributions.ts'

interface MathFunction {
  readonly arity: number
  readonly result: 'double' | 'integer' | 'same'
  readonly run: (a: number, b: number, c: number) => number
}

const unary = (run: (a: number) => number): MathFunction => ({ arity: 1, result: 'double', run })

/** PMML's functions of a fixed number of numbers. */
export const mathFunctions: Readonly<Record<string, MathFunction>> = {
  log10: unary(Math.log10),
  ln: unary(Math.log),
  sqrt: unary(Math.sqrt),
  exp: unary(Math.exp),
  expm1: unary(Math.expm1),
  ln1p: unary(Math.log1p),
  sin: unary(Math.sin),
  asin: unary(Math.asin),
  sinh: unary(Math.sinh),
  cos: unary(Math.cos),
  acos: unary(Math.acos),
  cosh: unary(Math.cosh),
  tan: unary(Math.tan),
  atan: unary(Math.atan),
  tanh: unary(Math.tanh),
  erf: unary(erf),
  stdNormalCDF: unary(x => normalCdf(x)),
  stdNormalPDF: unary(x => normalPdf(x, 0, 1)),
  stdNormalIDF: unary(normalQuantile),
  normalCDF: { arity: 3, result: 'double', run: (x, mean, deviation) => normalCdf((x - mean) / deviation) },
  normalPDF: { arity: 3, result: 'double', run: (x, mean, deviation) => (deviation > 0 ? normalPdf(x, mean, deviation) : NaN) },
  normalIDF: { arity: 3, result: 'double', run: (p, mean, deviation) => mean + deviation * normalQuantile(p) },
  hypot: { arity: 2, result: 'double', run: (a, b) => Math.sqrt(a * a + b * b) },
  atan2: { arity: 2, result: 'double', run: (a, b) => Math.atan2(a, b) },
  abs: { arity: 1, result: 'same', run: Math.abs },
  floor: { arity: 1, result: 'integer', run: Math.floor },
  ceil: { arity: 1, result: 'integer', run: Math.ceil },
  round: { arity: 1, result: 'integer', run: Math.round },
  rint: { arity: 1, result: 'same', run: halfEven },
}

function halfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1
}
