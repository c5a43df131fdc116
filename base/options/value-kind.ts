/** A kind of values that an option may have. */
export interface ValueKind<T> {
  /** The type of the values, as TypeScript writes it. */
  readonly type: string
  /** Completes "allowed: …" in messages. */
  readonly allowed: string
  /** Whether a program may give this value. The options within the value are checked by `fields`. */
  accepts(value: unknown): value is T
  /** The allowed words, if there is a list; a message about another word suggests the nearest. */
  readonly choices?: readonly string[]
  /** The options within the value; undefined: it has none. */
  fields?(value: T): FieldTable | undefined
}

/** The type of `OptionTable` for values that have options themselves. */
export type FieldTable = Readonly<Record<string, FieldOption>>

/** The parts of an option that a check needs. */
export interface FieldOption {
  readonly kind: ValueKind<unknown>
  readonly required?: boolean
  readonly secret?: boolean
}

/** A kind whose values can also be written as text (a flag, an environment variable) and in YAML. */
export interface SettingKind<T> extends ValueKind<T> {
  /** Completes "allowed: …" for text and YAML; default: `allowed`. */
  readonly allowedText?: string
  /** The placeholder of the value in a command's help; undefined: a flag without a value. */
  readonly placeholder: string | undefined
  /** The value of a text or YAML value; undefined: it is not allowed. */
  parse(raw: unknown): T | undefined
}
