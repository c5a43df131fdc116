import type { Dice } from './mutate.ts'

/** What came of an input: it was taken, or refused with a cause that says what is wrong. Anything else is a fault. */
export type Outcome = 'taken' | 'refused' | { readonly unclear: string }

/** Something that takes input from outside. */
export interface FuzzTarget {
  /** Gives it one hostile input, and checks that what others gave it is answered. Throws when it is not. */
  attack(dice: Dice): Promise<Outcome>
  close(): Promise<void>
}

/** Which target an input is for; each is opened in a process of its own. */
export interface FuzzKind {
  /** How long one input may take, ms. */
  readonly mostMs: number
  open(): Promise<FuzzTarget>
}

/** Messages that tell of a mistake of the program rather than of the input. */
const programs =
  /cannot read propert|is not a function|is not iterable|undefined|maximum call stack|\[object |invalid array length|offset is out of bounds|assert/i

/** What a refusal says. */
export function refusal(code: string, message: string): Outcome {
  return code === '' || code === 'PROCESSING_FAILED' || message === '' || programs.test(message)
    ? { unclear: `${code}: ${message}` }
    : 'refused'
}
