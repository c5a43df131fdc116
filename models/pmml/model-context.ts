import { type PmmlElement, clip } from './element.ts'
import type { Scope } from './scope.ts'
import type { FieldDefinition } from './treatments.ts'
import { targetOf } from './targets.ts'
import { type DataType, formatValue, needValue, parseValue } from './values.ts'

/** The classes of a classification: plain data. */
export interface Classes {
  type: DataType
  readonly values: number[]
  readonly labels: string[]
}

/** What a model element is compiled in. */
export class ModelContext {
  readonly element: PmmlElement
  readonly scope: Scope
  readonly functionName: string
  /** As the MiningSchema names what the model predicts; undefined: it names nothing. */
  readonly targetName: string | undefined
  /** The field that the model predicts, or that the model around it does, where it names one that is known. */
  readonly target: FieldDefinition | undefined
  readonly classes: Classes
  /** What is shown of a class in place of its value: a symbol, by value. */
  readonly displays: Map<number, number>
  /** Whether the model calculates in single precision, as the library did that it was trained with. */
  readonly float: boolean
  /** Whether the classes have an order. */
  readonly isOrdinal: boolean
  /** Has the fields that the model's OutputFields can name. */
  outputScope: Scope
  readonly #indices: Map<number, number>

  constructor(element: PmmlElement, scope: Scope, { name, target }: { name: string | undefined; target: FieldDefinition | undefined }) {
    this.element = element
    this.scope = scope
    this.outputScope = scope
    this.functionName = element.need('functionName')
    this.targetName = name
    this.target = target
    this.isOrdinal = target?.ordinal ?? false
    this.float = element.get('x-mathContext') === 'float'
    const valid = this.hasClasses ? (target?.valid ?? []) : []
    const type = target?.type ?? 'string'
    this.classes = {
      type,
      values: valid.map(({ value }) => value),
      labels: valid.map(({ value }) => formatValue(type, value, scope.compilation.symbols)),
    }
    this.displays = new Map(valid.map(({ value, display }) => [value, scope.compilation.symbols.codeOf(display)]))
    for (const value of this.hasClasses ? (targetOf(element, name)?.all('TargetValue') ?? []) : []) {
      const [text, display] = [value.get('value'), value.get('displayValue')]
      if (text !== undefined && display !== undefined)
        this.displays.set(parseValue(type, text, scope.compilation.symbols), scope.compilation.symbols.codeOf(display))
    }
    this.#indices = new Map(this.classes.values.map((value, index) => [value, index]))
  }

  /** The type of what the model predicts. A nested model that names no target of its own gives plain numbers. */
  get predictedType(): DataType {
    if (this.functionName === 'regression') return this.targetName === undefined ? 'double' : (this.target?.type ?? 'double')
    return this.classes.type
  }

  /** Whether the predictions are classes that probabilities belong to. */
  get hasClasses(): boolean {
    return this.functionName !== 'regression'
  }

  /** The classes' type where no target says it. */
  adoptType(type: DataType): void {
    this.classes.type = type
  }

  get classifies(): boolean {
    return this.functionName === 'classification'
  }

  /** The class's index. A class that the DataDictionary does not list is added behind those that it does. */
  classOf(text: string, user: PmmlElement): number {
    return this.addClass(needValue(user, { type: this.classes.type, text }, this.scope.compilation.symbols))
  }

  addClass(value: number): number {
    const known = this.#indices.get(value)
    if (known !== undefined) return known
    const index = this.classes.values.push(value) - 1
    this.#indices.set(value, index)
    this.classes.labels.push(formatValue(this.classes.type, value, this.scope.compilation.symbols))
    return index
  }

  /** Throws unless the element's functionName is one of these. */
  allow(...names: string[]): void {
    if (!names.includes(this.functionName)) this.element.fail(`has functionName="${clip(this.functionName)}", which is not supported`)
  }
}
