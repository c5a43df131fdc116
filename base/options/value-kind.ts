/** Which values an option may have. */
export interface ValueKind<T> {
  /** The type of the values, as TypeScript writes it. */
  readonly type: string
  /** For people: completes "allowed: …". */
  readonly allowed: string
  /** Whether a program may give this value. A value that has options of its own is accepted here if `fields` can check it. */
  accepts(value: unknown): value is T
  /** The words that are allowed, where there is a list of them: a mistyped one is answered with the nearest. */
  readonly choices?: readonly string[]
  /** The options within the value. undefined: it has none. */
  fields?(value: T): FieldTable | undefined
}

/** What `OptionTable` is, for values that hold options themselves. */
export type FieldTable = Readonly<Record<string, FieldOption>>

/** What a check needs of an option. */
export interface FieldOption {
  readonly kind: ValueKind<unknown>
  readonly required?: boolean
  readonly secret?: boolean
}

/** A kind whose values can also be written as text (a flag, an environment variable) and in YAML. */
export interface SettingKind<T> extends ValueKind<T> {
  /** Completes "allowed: …" for text and YAML, where `allowed` does not. */
  readonly allowedText?: string
  /** Stands for the value in a command's help; undefined: a flag without a value. */
  readonly placeholder: string | undefined
  /** The value that text or YAML stands for; undefined when it is not allowed. */
  parse(raw: unknown): T | undefined
}
