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
  /** The name in the MiningSchema; undefined if it names no target. */
  readonly name: string | undefined
  /** The field of that name, or the field that the enclosing model predicts; undefined if neither is known. */
  readonly target: FieldDefinition | undefined
}

/** The state while one model element is compiled for one predicted field. */
export class ModelContext {
  readonly element: PmmlElement
  readonly scope: Scope
  /** Whether the model calculates in single precision, like the library that trained it. */
  readonly float: boolean
  /** The scope of the fields that the model's OutputFields can name. */
  outputScope: Scope
  #aim: Aim
  #functionName: string
  #classes: Classes = { type: 'string', values: [], labels: [] }
  #displays = new Map<number, number>()
  #indices = new Map<number, number>()

  /** `functionName`: the function for this field, if it is not the element's. */
  constructor(element: PmmlElement, scope: Scope, aim: Aim, functionName = element.need('functionName')) {
    this.element = element
    this.scope = scope
    this.outputScope = scope
    this.float = element.get('x-mathContext') === 'float'
    this.#aim = aim
    this.#functionName = functionName
    this.aimAt(aim, functionName)
  }

  /** Changes the predicted field: what a mining model predicts is known only after its segments are compiled. Resets the classes to the field's. */
  aimAt(aim: Aim, functionName: string): void {
    const { target, name } = aim
    this.#aim = aim
    this.#functionName = functionName
    const { symbols } = this.scope.compilation
    // Clusters are identified by their ids, whatever the type of the target field.
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

  /** The target's name in the MiningSchema; undefined if it names none, or if different records have different targets. */
  get targetName(): string | undefined {
    return this.#aim.name
  }

  get target(): FieldDefinition | undefined {
    return this.#aim.target
  }

  get classes(): Classes {
    return this.#classes
  }

  /** The display value of each class, as a symbol, by the class's value. */
  get displays(): Map<number, number> {
    return this.#displays
  }

  /** Whether the classes have an order. */
  get isOrdinal(): boolean {
    return this.target?.ordinal ?? false
  }

  /** The type of the prediction. A nested regression without a target of its own predicts doubles. */
  get predictedType(): DataType {
    if (this.functionName === 'regression') return this.targetName === undefined ? 'double' : (this.target?.type ?? 'double')
    return this.classes.type
  }

  /** Whether the predictions are classes. */
  get hasClasses(): boolean {
    return this.functionName !== 'regression'
  }

  /** Sets the classes' type if no target defines it. */
  adoptType(type: DataType): void {
    this.classes.type = type
  }

  get classifies(): boolean {
    return this.functionName === 'classification'
  }

  /** The index of the class. A class that the DataDictionary does not list is added after the others. */
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

  /** Throws SluiceError MODEL_LOAD_FAILED unless the functionName is one of these. */
  allow(...names: string[]): void {
    if (!names.includes(this.functionName)) this.element.fail(`has functionName="${clip(this.functionName)}", which is not supported`)
  }
}
