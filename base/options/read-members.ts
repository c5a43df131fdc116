import { mayHaveMore, namesIn } from './object-kinds.ts'
import type { Members } from './value-kind.ts'

/** Reads each member of an object at most once. A method of a class's instance stays a method of that instance. */
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
    const kept = typeof value === 'function' && isMethod(this.#of, name) ? (value.bind(this.#of) as unknown) : value
    this.#read.set(name, kept)
    return kept
  }
}

/** Whether a class that the object is an instance of defines the member as a method. */
function isMethod(of: object, name: string): boolean {
  if (Object.hasOwn(of, name) || !mayHaveMore(of)) return false
  let at: object | null = of
  while (at !== null && !Object.hasOwn(at, name)) at = Object.getPrototypeOf(at) as object | null
  return at !== null && Object.getOwnPropertyDescriptor(at, name)?.value !== undefined
}
