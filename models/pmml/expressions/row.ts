import type { Expression, Functions, LazySlot } from './expression.ts'
import { Symbols } from '../document/index.ts'
import { treat } from './treatments.ts'

/** Thrown if a record has no result, for example because of an invalid value. Other records are not affected. */
class NoResult extends Error {}

/** The only instance: creating an error costs more than scoring a record. */
const noResult = new NoResult('the record has no result')

/** Ends the scoring of this record. */
export function giveUp(): never {
  throw noResult
}

export function isNoResult(error: unknown): boolean {
  return error === noResult
}

/** The parts of a compiled document from which rows are created. */
export interface RowLayout {
  readonly slots: readonly (LazySlot | undefined)[]
  /** The texts by symbol. */
  readonly texts: readonly string[]
  readonly functions: Functions
}

/** Calculates the value of an expression for a row: `evaluate`, passed in to avoid a circular import. */
type Evaluate = (expression: Expression, row: Row) => number

/** The values of the record being scored, by slot. */
export class Row {
  /** The index of the record in the batch. */
  at = 0
  /** The slots' values; NaN: missing, or not computed yet. */
  readonly values: Float64Array
  readonly symbols: Symbols
  readonly functions: Functions
  /** The arguments of the DefineFunction that is being evaluated. */
  parameters: readonly number[] = []
  readonly #lazy: readonly (LazySlot | undefined)[]
  /** 1: the slot's value has not been computed yet; the first read computes it. */
  readonly #pending: Uint8Array
  readonly #fresh: Uint8Array
  readonly #hasLazy: boolean
  readonly #evaluate: Evaluate

  constructor({ slots, texts, functions }: RowLayout, evaluate: Evaluate) {
    this.#lazy = slots
    this.values = new Float64Array(slots.length).fill(NaN)
    this.symbols = new Symbols(texts)
    this.functions = functions
    this.#fresh = Uint8Array.from(slots, slot => (slot === undefined ? 0 : 1))
    this.#pending = Uint8Array.from(this.#fresh)
    this.#hasLazy = slots.some(slot => slot !== undefined)
    this.#evaluate = evaluate
  }

  /** Prepares for the record `at` of the batch; the caller then sets the slots of the inputs. Slots before `first` keep their values. */
  start(at: number, first: number): void {
    const { values } = this
    this.at = at
    for (let slot = first; slot < values.length; slot++) values[slot] = NaN
    if (this.#hasLazy) this.#pending.set(this.#fresh)
    this.symbols.forget()
  }

  /** The slot's value; NaN: missing. */
  read(slot: number): number {
    const value = this.values[slot] as number
    return value === value || this.#pending[slot] === 0 ? value : this.#make(slot)
  }

  #make(slot: number): number {
    this.#pending[slot] = 0
    const lazy = this.#lazy[slot] as LazySlot
    const value =
      lazy.kind === 'derived' ? this.#evaluate(lazy.expression, this) : (treat(lazy.treatment, this.read(lazy.from)) ?? giveUp())
    this.values[slot] = value
    return value
  }
}
