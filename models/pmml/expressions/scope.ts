import type { Expression, LazySlot } from './expression.ts'
import { type PmmlElement, type DataType, clip, Symbols } from '../document/index.ts'
import type { FieldDefinition, Treatment } from './treatments.ts'

/** A field that expressions and models can name. */
export interface Field {
  readonly slot: number
  readonly type: DataType
  /** The depth of recursion of computing the value. */
  readonly depth: number
  readonly definition: FieldDefinition | undefined
}

/** A field that comes from the record. Plain data. */
export interface InputField {
  readonly name: string
  readonly slot: number
  readonly type: DataType
  readonly treatment: Treatment
  /** Whether the model needs the field to score a record. */
  required: boolean
  /** Whether an element of the model names the field. */
  used: boolean
}

/** A depth of recursion, in compiling and evaluating, for which the stack is certainly large enough. */
const maxDepth = 700
/** The largest number of steps of one expression. Functions that call functions can multiply the steps. */
const maxSteps = 1_000_000

/** The state that is shared while one document is compiled. */
export class Compilation {
  readonly symbols = new Symbols()
  readonly inputs: InputField[] = []
  /** The lazy values by slot; undefined: the slot is set from the record or by an output. */
  readonly slots: (LazySlot | undefined)[] = []
  readonly functions: Expression[] = []
  /** The DataFields by name. */
  readonly dataFields = new Map<string, FieldDefinition>()
  /** The DerivedFields by name. The outputs of a network may refer to them. */
  readonly derivedFields = new Map<string, PmmlElement>()
  /** The DefineFunctions by name. */
  readonly definitions = new Map<string, PmmlElement>()
  /** The indices in `functions`, by name and types of the parameters; undefined: the function is being compiled. */
  readonly calls = new Map<string, number | undefined>()
  #depth = 0

  addSlot(lazy?: LazySlot): number {
    return this.slots.push(lazy) - 1
  }

  /** Runs `compile` for a nested element. Throws if elements are nested more than `maxDepth` deep. */
  nested<T>(element: PmmlElement, compile: () => T): T {
    if (++this.#depth > maxDepth) element.fail('is nested too deeply')
    const result = compile()
    this.#depth--
    return result
  }

  /** Returns the expression. Throws if its evaluation exceeds `maxDepth` or `maxSteps`. */
  bounded(element: PmmlElement, expression: Expression): Expression {
    if (expression.depth > maxDepth) element.fail('depends on fields and functions that are nested too deeply')
    if (expression.steps > maxSteps) element.fail(`takes more than ${maxSteps} steps to evaluate`)
    return expression
  }
}

type Maker = () => Field

/**
 * The fields that elements can name at a place of the document, including those of the scopes around it. A `Maker` creates its field when it is first
 * named.
 */
export class Scope {
  readonly compilation: Compilation
  readonly #around: Scope | undefined
  readonly #fields = new Map<string, Field | Maker>()

  constructor(compilation: Compilation, around?: Scope) {
    this.compilation = compilation
    this.#around = around
  }

  add(name: string, field: Field | Maker): void {
    this.#fields.set(name, field)
  }

  /** Whether this scope, not one around it, has the field. */
  has(name: string): boolean {
    return this.#fields.has(name)
  }

  find(name: string, user: PmmlElement): Field | undefined {
    const entry = this.#fields.get(name)
    if (entry === undefined) return this.#around?.find(name, user)
    if (typeof entry !== 'function') return entry
    this.#fields.set(name, () => user.fail(`refers to the field ${clip(name)}, which depends on itself`))
    const field = this.compilation.nested(user, entry)
    this.#fields.set(name, field)
    return field
  }

  /** Throws if there is no such field. */
  need(name: string, user: PmmlElement): Field {
    return this.find(name, user) ?? user.fail(`refers to the field ${clip(name)}, which does not exist`)
  }

  /** The field that the element's attribute names. */
  fieldOf(element: PmmlElement, attribute = 'field'): Field {
    return this.need(element.need(attribute), element)
  }
}
