import type { Expression, LazySlot } from './expression.ts'
import { type PmmlElement, type DataType, clip, Symbols } from '../document/index.ts'
import type { FieldDefinition, Treatment } from './treatments.ts'

/** A field that expressions and models can name. */
export interface Field {
  readonly slot: number
  readonly type: DataType
  /** How deep making its value recurses. */
  readonly depth: number
  readonly definition: FieldDefinition | undefined
}

/** A field that comes from the record. Plain data. */
export interface InputField {
  readonly name: string
  readonly slot: number
  readonly type: DataType
  readonly treatment: Treatment
  /** Whether a record without the field cannot be scored as the model means it. */
  required: boolean
  /** Whether anything in the model names it. */
  used: boolean
}

/** Recursions of compiling and of evaluating that the stack certainly bears. */
const maxDepth = 700
/** Steps of one expression: what functions that call functions that call functions … may come to. */
const maxSteps = 1_000_000

/** What is shared while one document is compiled. */
export class Compilation {
  readonly symbols = new Symbols()
  readonly inputs: InputField[] = []
  /** By slot. */
  readonly slots: (LazySlot | undefined)[] = []
  readonly functions: Expression[] = []
  /** The DataFields by name. */
  readonly dataFields = new Map<string, FieldDefinition>()
  /** The DerivedFields by name: what a network puts out may be written down in one. */
  readonly derivedFields = new Map<string, PmmlElement>()
  /** The DefineFunctions by name. */
  readonly definitions = new Map<string, PmmlElement>()
  /** The compiled functions by name and types of arguments; undefined: under way. */
  readonly calls = new Map<string, number | undefined>()
  #depth = 0

  addSlot(lazy?: LazySlot): number {
    return this.slots.push(lazy) - 1
  }

  /** Compiles something nested; throws when it is nested too deep. */
  nested<T>(element: PmmlElement, compile: () => T): T {
    if (++this.#depth > maxDepth) element.fail('is nested too deeply')
    const result = compile()
    this.#depth--
    return result
  }

  /** Checks that the expression's evaluation stays within bounds. */
  bounded(element: PmmlElement, expression: Expression): Expression {
    if (expression.depth > maxDepth) element.fail('depends on fields and functions that are nested too deeply')
    if (expression.steps > maxSteps) element.fail(`takes more than ${maxSteps} steps to evaluate`)
    return expression
  }
}

type Maker = () => Field

/** The fields that can be named at a place of the document, those around it included. Fields are made when they are first named. */
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

  /** Whether the scope itself, not one around it, has the field. */
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

  /** Throws when there is no such field. */
  need(name: string, user: PmmlElement): Field {
    return this.find(name, user) ?? user.fail(`refers to the field ${clip(name)}, which does not exist`)
  }

  /** The field that the element's attribute names. */
  fieldOf(element: PmmlElement, attribute = 'field'): Field {
    return this.need(element.need(attribute), element)
  }
}
