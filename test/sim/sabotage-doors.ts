import type { Plan } from './world/plan.ts'

/** A fault that the product could have. While it is put in, at least one seed must find it. */
export interface Sabotage {
  readonly name: string
  readonly what: string
  /** Whether the world of a plan can show it; the seeds of others are passed over. Default: each can. */
  readonly shownBy?: (plan: Plan) => boolean
  /** Puts the fault in; returns a function that takes it out again. */
  readonly apply: () => () => void
}

// oxlint-disable-next-line typescript/no-explicit-any -- methods of all shapes
export type Method = (this: any, ...given: any[]) => unknown

/** Replaces a method of a class by one that the given function makes from the original. */
export function method(of: { readonly prototype: object }, name: string, made: (before: Method) => Method): () => () => void {
  return () => {
    const prototype = of.prototype as Record<string, Method>
    const before = prototype[name] as Method
    prototype[name] = made(before)
    return () => (prototype[name] = before)
  }
}

/** Replaces a getter of a class. */
export function computed(of: { readonly prototype: object }, name: string, made: Method): () => () => void {
  return () => {
    const before = Object.getOwnPropertyDescriptor(of.prototype, name) as PropertyDescriptor
    Object.defineProperty(of.prototype, name, { configurable: true, get: made })
    return () => void Object.defineProperty(of.prototype, name, before)
  }
}
