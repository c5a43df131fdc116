import { mayHaveMore, namesIn } from './object-kinds.ts'
import type { Members } from './value-kind.ts'

/** Reads each member of an object at most once. A function that a class's instance has stays one of that instance. */
export class ReadMembers implements Members {
  readonly names: readonly string[]
  readonly #of: Readonly<Record<string, unknown>>
  readonly #read = new Map<string, unknown>()

  constructor(of: object) {
    this.#of = of as Readonly<Record<string, unknown>>
    this.names = namesIn(of)
  }

  get(name: string): unknown {
    if (this.#read.has(name)) return this.#read.get(name)
    const value = this.#of[name]
    const kept = isOfInstance(this.#of, name, value) ? this.#bound(value) : value
    this.#read.set(name, kept)
    return kept
  }

  bound(name: string): unknown {
    return this.#bound(this.get(name))
  }

  #bound(value: unknown): unknown {
    return typeof value === 'function' ? (value.bind(this.#of) as unknown) : value
  }
}

/** Whether the value is a method of the class that the object is an instance of, or a function of its own; not one that a getter returns. */
function isOfInstance(of: object, name: string, value: unknown): boolean {
  if (typeof value !== 'function' || !mayHaveMore(of)) return false
  if (Object.hasOwn(of, name)) return Object.getOwnPropertyDescriptor(of, name)?.get === undefined && !hasMembers(value)
  let at: object | null = of
  while (at !== null && !Object.hasOwn(at, name)) at = Object.getPrototypeOf(at) as object | null
  return at !== null && Object.getOwnPropertyDescriptor(at, name)?.value !== undefined
}

/** What every function has as its own. */
const common = ['length', 'name', 'prototype', 'arguments', 'caller']

/** Whether a function is more than something to call, such as a class with static methods: `bind` would lose that. */
function hasMembers(value: object): boolean {
  return Object.getOwnPropertyNames(value).some(name => !common.includes(name))
}
