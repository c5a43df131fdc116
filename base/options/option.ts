import type { ValueKind } from './value-kind.ts'

/** One option: a row of an `OptionTable`. `T` is its type in a complete configuration, including undefined if it may be absent there. */
export interface Option<T> {
  readonly kind: ValueKind<Exclude<T, undefined>>
  /** The value when the option is not given. Ignored when `required` or `derive` is set. */
  readonly default: T
  /** Whether the option must be given; default false. */
  readonly required?: boolean
  /** Computes the default from the given options, which have been checked. */
  derive?(given: Readonly<Record<string, unknown>>): T
  /** Shown instead of `default`, if that does not say enough. */
  readonly defaultText?: string
  /** The unit of a number. */
  readonly unit?: string
  /** The purpose of the option: a phrase that begins in lower case and has no full stop. */
  readonly meaning: string
  /** Whether messages must not show the value; default false. */
  readonly secret?: boolean
}

/** The optional parts of a row. */
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
