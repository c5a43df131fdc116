/** A kind of values that an option may have. */
export interface ValueKind<T> {
  /** The type of the values, as TypeScript writes it. */
  readonly type: string
  /** Completes "allowed: …" in messages. */
  readonly allowed: string
  /** Whether a program may give this value. With `copy` or `fields` it is asked of the copy. */
  accepts(value: unknown): value is T
  /** The allowed words, if there is a list; a message about another word suggests the nearest. */
  readonly choices?: readonly string[]
  /** For lists and plain data: what is checked and kept in place of the value, so that nothing changes it later. Returns another value as it is. */
  copy?(value: unknown): unknown
  /** For an object of options: their table, which may depend on what is given. A plain object of what was given is kept. */
  fields?(members: Members): FieldTable
}

/** The members of an object that a program gave. */
export interface Members {
  /** The names of its enumerable members, and of those that it has from its prototypes. */
  readonly names: readonly string[]
  /** The value of a member, the same each time. */
  get(name: string): unknown
  /** The same; a function is called on the object that was given, whatever it is called on. */
  bound(name: string): unknown
}

/** The type of `OptionTable` for values that have options themselves. */
export type FieldTable = Readonly<Record<string, FieldOption>>

/** The parts of an option that a check needs. */
export interface FieldOption {
  readonly kind: ValueKind<unknown>
  readonly required?: boolean
  readonly secret?: boolean
}

/** The type of an option's values. */
export type ValueOf<O extends FieldOption> = O['kind'] extends ValueKind<infer V> ? V : never

/** A kind whose values can also be written as text (a flag, an environment variable) and in YAML. */
export interface SettingKind<T> extends ValueKind<T> {
  /** Completes "allowed: …" for text and YAML; default: `allowed`. */
  readonly allowedText?: string
  /** The placeholder of the value in a command's help; undefined: a flag without a value. */
  readonly placeholder: string | undefined
  /** The value of a text or YAML value; undefined: it is not allowed. */
  parse(raw: unknown): T | undefined
}
