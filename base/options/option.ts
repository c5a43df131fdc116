import type { ValueKind } from './value-kind.ts'

/** One option: a row of an `OptionTable`, under its name. `T` is its type in a complete configuration: with undefined if it may be absent there. */
export interface Option<T> {
  readonly kind: ValueKind<Exclude<T, undefined>>
  /** What holds when the option is not given. Not looked at where `required` or `derive` is set. */
  readonly default: T
  /** It must be given. */
  readonly required?: boolean
  /** The default, where it follows from other options, which are checked already. */
  derive?(given: Readonly<Record<string, unknown>>): T
  /** Shown instead of `default`, where that does not say enough. */
  readonly defaultText?: string
  /** Of a number. */
  readonly unit?: string
  /** What the option is for: a phrase that begins in lower case and has no full stop. */
  readonly meaning: string
  /** Never shown in a message. */
  readonly secret?: boolean
}

/** What a row may have beside kind, default and meaning. */
export type OptionDetails<T> = Omit<Option<T>, 'kind' | 'default' | 'meaning' | 'required'>

/** An option with a default. */
export function option<T>(kind: ValueKind<T>, value: NoInfer<T>, meaning: string, details: OptionDetails<NoInfer<T>> = {}): Option<T> {
  return { kind: kind as ValueKind<Exclude<T, undefined>>, default: value, meaning, ...details }
}

/** An option that may be absent. */
export function optional<T>(kind: ValueKind<T>, meaning: string, details: OptionDetails<T | undefined> = {}): Option<T | undefined> {
  return { kind: kind as ValueKind<Exclude<T, undefined>>, default: undefined, meaning, ...details }
}

/** An option that must be given. */
export function required<T>(kind: ValueKind<T>, meaning: string, details: OptionDetails<T> = {}): Option<T> {
  return { kind: kind as ValueKind<Exclude<T, undefined>>, default: undefined as T, required: true, meaning, ...details }
}

/** An option whose default follows from others. */
export function derived<T>(
  kind: ValueKind<T>,
  derive: (given: Readonly<Record<string, unknown>>) => T,
  meaning: string,
  details: OptionDetails<T>,
): Option<T> {
  return { kind: kind as ValueKind<Exclude<T, undefined>>, default: undefined as T, derive, meaning, ...details }
}
