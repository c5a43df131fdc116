import { type Op, type Rule, type RuleTable, type Tensor, isFloat, onnxTypeOf, knownOf } from '../graph/index.ts'

/** An operator whose result has the shape and type of its input. */
function unary(operator: string, attributes: (op: Op) => Record<string, number | bigint> = () => ({})): Rule {
  return op => {
    const x = op.input(0)
    return op.graph.add(operator, [x], { type: x.type, shape: x.shape }, attributes(op))
  }
}

/** Applies the steps in order, each to the result of the step before. */
function chain(...steps: readonly ((x: Tensor, op: Op) => Tensor)[]): Rule {
  return op => steps.reduce((x, step) => step(x, op), op.input(0))
}

function step(operator: string): (x: Tensor, op: Op) => Tensor {
  return (x, op) => op.graph.add(operator, [x], { type: x.type, shape: x.shape })
}

function withNumber(operator: string, value: number, first = false): (x: Tensor, op: Op) => Tensor {
  return (x, op) => {
    const number = op.graph.scalar(x.type, value)
    return op.graph.add(operator, first ? [number, x] : [x, number], { type: x.type, shape: x.shape })
  }
}

/** log(1 + x), exact also near 0, where rounding 1 + x loses digits of x: x · log(u) / (u − 1) with u = 1 + x. */
const log1p: Rule = op => {
  const x = op.input(0)
  const { graph } = op
  const given = { type: x.type, shape: x.shape }
  const one = graph.scalar(x.type, 1)
  const u = graph.add('Add', [one, x], given)
  const rest = graph.add('Sub', [u, one], given)
  const log = graph.add('Log', [u], given)
  const better = graph.add('Div', [graph.add('Mul', [x, log], given), rest], given)
  const flags = { type: 'bool', shape: x.shape } as const
  const lost = graph.add('Equal', [rest, graph.scalar(x.type, 0)], flags)
  const infinite = graph.add('Equal', [u, x], flags)
  return graph.add('Where', [lost, x, graph.add('Where', [infinite, log, better], given)], given)
}

/** exp(x) − 1, exact also near 0, where it is computed as tanh(x/2) · (exp(x) + 1). */
const expm1: Rule = op => {
  const x = op.input(0)
  const { graph } = op
  const given = { type: x.type, shape: x.shape }
  const half = graph.add('Mul', [x, graph.scalar(x.type, 0.5)], given)
  const small = graph.add('Less', [graph.add('Abs', [x], given), graph.scalar(x.type, 1)], { type: 'bool', shape: x.shape })
  const tanh = graph.add('Tanh', [half], given)
  const exp = graph.add('Exp', [x], given)
  const near = graph.add('Mul', [tanh, graph.add('Add', [exp, graph.scalar(x.type, 1)], given)], given)
  return graph.add('Where', [small, near, graph.add('Sub', [exp, graph.scalar(x.type, 1)], given)], given)
}

const isNan: Rule = op => op.graph.add('IsNaN', [op.input(0)], { type: 'bool', shape: op.input(0).shape })
const isInf: Rule = op => op.graph.add('IsInf', [op.input(0)], { type: 'bool', shape: op.input(0).shape })
const isFinite: Rule = op => {
  const given = { type: 'bool', shape: op.input(0).shape } as const
  const x = op.input(0)
  return op.graph.add('Not', [op.graph.add('Or', [op.graph.add('IsNaN', [x], given), op.graph.add('IsInf', [x], given)], given)], given)
}

const clip: Rule = op => {
  const [x, low, high] = [op.input(0), op.input(1), op.input(2)]
  const given = { type: x.type, shape: x.shape }
  return op.graph.add('Max', [op.graph.add('Min', [x, high], given), low], given)
}

const cast: Rule = op => {
  const x = op.input(0)
  const type = op.type('DstT', 'float32')
  const known = knownOf(x)
  if (known !== undefined && x.shape !== undefined && type !== 'string' && known.every(value => typeof value === 'number')) {
    const whole = type === 'bool' || isFloat(type) ? known : known.map(Math.trunc)
    if (type !== 'float16' && type !== 'bfloat16') return op.graph.numbers(type, x.shape as number[], whole)
  }
  if (type === x.type) return x
  const int64Name = x.type === 'int64' && type === 'int32' ? x.name : undefined
  const given = op.graph.add('Cast', [x], { type, shape: x.shape, known }, { to: BigInt(onnxTypeOf(type)) })
  return { ...given, ...(int64Name === undefined ? {} : { int64Name }), least: x.least }
}

/** Ops that work value by value. */
export const elementwiseRules: RuleTable = {
  Sqrt: unary('Sqrt'),
  Rsqrt: chain(step('Sqrt'), step('Reciprocal')),
  Exp: unary('Exp'),
  Expm1: expm1,
  Log: unary('Log'),
  Log1p: log1p,
  Neg: unary('Neg'),
  Abs: unary('Abs'),
  Sign: unary('Sign'),
  Floor: unary('Floor'),
  Ceil: unary('Ceil'),
  Round: unary('Round'),
  Rint: unary('Round'),
  Reciprocal: unary('Reciprocal'),
  Inv: unary('Reciprocal'),
  Relu: unary('Relu'),
  Relu6: chain(withNumber('Max', 0), withNumber('Min', 6)),
  LeakyRelu: unary('LeakyRelu', op => ({ alpha: op.float('alpha', 0.2) })),
  Elu: unary('Elu'),
  Selu: unary('Selu'),
  Softplus: unary('Softplus'),
  Softsign: unary('Softsign'),
  Sigmoid: unary('Sigmoid'),
  Tanh: unary('Tanh'),
  Erf: unary('Erf'),
  Erfc: chain(step('Erf'), withNumber('Sub', 1, true)),
  Sin: unary('Sin'),
  Cos: unary('Cos'),
  Tan: unary('Tan'),
  Asin: unary('Asin'),
  Acos: unary('Acos'),
  Atan: unary('Atan'),
  Sinh: unary('Sinh'),
  Cosh: unary('Cosh'),
  Asinh: unary('Asinh'),
  Acosh: unary('Acosh'),
  Atanh: unary('Atanh'),
  IsNan: isNan,
  IsInf: isInf,
  IsFinite: isFinite,
  ClipByValue: clip,
  Cast: cast,
}
