import { type PmmlElement, type DataType, clip, targetOf, formatValue, needValue, parseValue } from '../document/index.ts'
import type { Scope, FieldDefinition } from '../expressions/index.ts'

/** The classes of a classification: plain data. */
export interface Classes {
  type: DataType
  readonly values: number[]
  readonly labels: string[]
}

/** A field that a model predicts. */
export interface Aim {
  /** As the MiningSchema names it; undefined: it names nothing. */
  readonly name: string | undefined
  /** The field of that name, or the one that the model around it predicts, where there is one that is known. */
  readonly target: FieldDefinition | undefined
}

/** What a model element is compiled in: of a model of several fields, for one of them. */
export class ModelContext {
  readonly element: PmmlElement
  readonly scope: Scope
  /** Whether the model calculates in single precision, as the library did that it was trained with. */
  readonly float: boolean
  /** Has the fields that the model's OutputFields can name. */
  outputScope: Scope
  #aim: Aim
  #functionName: string
  #classes: Classes = { type: 'string', values: [], labels: [] }
  #displays = new Map<number, number>()
  #indices = new Map<number, number>()

  /** `functionName`: what the model is for this field, where the element does not say it. */
  constructor(element: PmmlElement, scope: Scope, aim: Aim, functionName = element.need('functionName')) {
    this.element = element
    this.scope = scope
    this.outputScope = scope
    this.float = element.get('x-mathContext') === 'float'
    this.#aim = aim
    this.#functionName = functionName
    this.aimAt(aim, functionName)
  }

  /** What several models in one predict is known only when they are compiled: makes this a context for that. Its classes are then the field's alone. */
  aimAt(aim: Aim, functionName: string): void {
    const { target, name } = aim
    this.#aim = aim
    this.#functionName = functionName
    const { symbols } = this.scope.compilation
    // A cluster is known by its id, whatever the field is that it is put into.
    const named = this.hasClasses && functionName !== 'clustering' ? target : undefined
    const valid = named?.valid ?? []
    const type = named?.type ?? 'string'
    const values = valid.map(({ value }) => value)
    this.#classes = { type, values, labels: values.map(value => formatValue(type, value, symbols)) }
    this.#displays = new Map(valid.map(({ value, display }) => [value, symbols.codeOf(display)]))
    for (const value of this.hasClasses ? (targetOf(this.element, name)?.all('TargetValue') ?? []) : []) {
      const [text, display] = [value.get('value'), value.get('displayValue')]
      if (text !== undefined && display !== undefined) this.#displays.set(parseValue(type, text, symbols), symbols.codeOf(display))
    }
    this.#indices = new Map(values.map((value, index) => [value, index]))
  }

  get functionName(): string {
    return this.#functionName
  }

  /** As the MiningSchema names what the model predicts; undefined: it names nothing, or one field for one record and another for another. */
  get targetName(): string | undefined {
    return this.#aim.name
  }

  get target(): FieldDefinition | undefined {
    return this.#aim.target
  }

  get classes(): Classes {
    return this.#classes
  }

  /** What is shown of a class in place of its value: a symbol, by value. */
  get displays(): Map<number, number> {
    return this.#displays
  }

  /** Whether the classes have an order. */
  get isOrdinal(): boolean {
    return this.target?.ordinal ?? false
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
