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
  /** A regression's value where the model has none; NaN: there is none either. */
  readonly defaultValue: number
  /** A classification's probabilities where the model has none, by class. */
  readonly priors: readonly number[] | undefined
}

/** The Target of the field that the model predicts; undefined: it has none. `defaultOnly`: the result is another model's, which has had its own Target. */
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

/** A regression's value after the changes of the Target. */
export function rescale({ min, max, factor, constant, castInteger, float }: CompiledTarget, value: number): number {
  const scaled = Math.min(Math.max(value, min), max) * factor
  const result = float ? Math.fround(Math.fround(scaled) + Math.fround(constant)) : scaled + constant
  if (castInteger === undefined) return result
  return castInteger === 'round' ? Math.round(result) : castInteger === 'ceiling' ? Math.ceil(result) : Math.floor(result)
}
