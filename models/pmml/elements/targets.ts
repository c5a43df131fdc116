import { type PmmlElement, parseNumber, targetOf } from '../document/index.ts'
import type { ModelContext } from '../contract/index.ts'

/** How a prediction is changed before it becomes the model's result: plain data. */
export interface CompiledTarget {
  readonly min: number
  readonly max: number
  readonly factor: number
  readonly constant: number
  readonly float: boolean
  readonly castInteger: 'round' | 'ceiling' | 'floor' | undefined
  /** The result of a regression for a row without one; NaN: such a row has no result. */
  readonly defaultValue: number
  /** By class: the probabilities of a classification for a row without a result; undefined: such a row has no result. */
  readonly priors: readonly number[] | undefined
}

/**
 * Compiles the Target of the predicted field; undefined if there is none. `defaultOnly`: the result comes from a segment that has applied its own Target,
 * so only the default is taken from this one.
 */
export function compileTarget(context: ModelContext, defaultOnly: boolean): CompiledTarget | undefined {
  const element = targetOf(context.element, context.targetName)
  if (element === undefined) return undefined
  const values = element.all('TargetValue')
  const cast = element.get('castInteger')
  const number = (name: string, fallback: number): number => (defaultOnly ? fallback : element.number(name, fallback))
  const given = parseNumber(values.find(value => value.get('defaultValue') !== undefined)?.get('defaultValue') ?? '')
  const factor = element.number('rescaleFactor', 1)
  return {
    min: number('min', -Infinity),
    max: number('max', Infinity),
    factor: number('rescaleFactor', 1),
    constant: number('rescaleConstant', 0),
    float: context.float && !defaultOnly,
    castInteger: cast === undefined || defaultOnly ? undefined : element.oneOf('castInteger', ['round', 'ceiling', 'floor']),
    defaultValue: defaultOnly ? given * factor + element.number('rescaleConstant', 0) : given,
    priors: context.classifies ? priors(values, context) : undefined,
  }
}

function priors(values: readonly PmmlElement[], context: ModelContext): number[] | undefined {
  const known = values.filter(value => value.get('priorProbability') !== undefined && value.get('value') !== undefined)
  if (known.length === 0) return undefined
  const result: number[] = []
  for (const value of known) result[context.classOf(value.need('value'), value)] = value.number('priorProbability')
  return Array.from({ length: context.classes.values.length }, (_, index) => result[index] ?? 0)
}

/** Applies the Target to a regression's value. */
export function rescale({ min, max, factor, constant, castInteger, float }: CompiledTarget, value: number): number {
  const scaled = Math.min(Math.max(value, min), max) * factor
  const result = float ? Math.fround(Math.fround(scaled) + Math.fround(constant)) : scaled + constant
  if (castInteger === undefined) return result
  return castInteger === 'round' ? Math.round(result) : castInteger === 'ceiling' ? Math.ceil(result) : Math.floor(result)
}
