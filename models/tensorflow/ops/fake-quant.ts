import type { Op, Rule, RuleTable } from '../graph/index.ts'

interface Range {
  readonly least: readonly number[]
  readonly most: readonly number[]
  /** The shape of `least` and `most`: no dimensions, or one with the number of channels. */
  readonly dims: readonly number[]
}

/** Rounds values to the steps of integers of `num_bits` bits, as training for quantized models does. 0 is one of the steps. */
function quantize(op: Op, { least, most, dims }: Range): ReturnType<Rule> {
  const { graph } = op
  const x = op.input(0)
  const low = op.flag('narrow_range') ? 1 : 0
  const high = 2 ** op.int('num_bits', 8) - 1
  const round = Math.fround
  const scales = least.map((from, at) => round((round(most[at] as number) - round(from)) / (high - low)))
  if (scales.some(scale => !(scale > 0))) return op.fail('quantizes to a range that is empty')
  const zeros = least.map((from, at) => {
    const zero = round(low - round(round(from) / (scales[at] as number)))
    return Math.min(high, Math.max(low, Math.floor(zero + 0.5)))
  })
  const constant = (of: (scale: number, zero: number) => number): ReturnType<typeof graph.numbers> =>
    graph.numbers(
      x.type,
      dims,
      scales.map((scale, at) => of(scale, zeros[at] as number)),
    )
  const bottom = constant((scale, zero) => round((low - zero) * scale))
  const top = constant((scale, zero) => round((high - zero) * scale))
  const size = constant(scale => scale)
  const step = (operator: string, ...inputs: (typeof x)[]): typeof x => graph.add(operator, inputs, { type: x.type, shape: x.shape })
  const clipped = step('Min', step('Max', x, bottom), top)
  const inverse = constant(scale => round(1 / scale))
  const steps = step('Mul', step('Sub', clipped, bottom), inverse)
  const fromZero = step(
    'Sub',
    steps,
    constant((_, zero) => zero - low),
  )
  const whole = step('Floor', step('Add', fromZero, graph.scalar(x.type, 0.5)))
  return step('Mul', whole, size)
}

const byAttributes: Rule = op => quantize(op, { least: [op.float('min', -6)], most: [op.float('max', 6)], dims: [] })

const byInputs: Rule = op => {
  const [least, most] = [op.numbers(1), op.numbers(2)]
  return quantize(op, { least, most, dims: op.rank(1) === 0 ? [] : [least.length] })
}

/** Ops of graphs that were trained for quantization. */
export const fakeQuantRules: RuleTable = {
  FakeQuantWithMinMaxArgs: byAttributes,
  FakeQuantWithMinMaxVars: byInputs,
  FakeQuantWithMinMaxVarsPerChannel: byInputs,
}
