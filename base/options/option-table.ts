import type { CheckedOptions } from './checked-options.ts'
import type { Option } from './option.ts'

/** A set of options, by name. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>

/** Every option of a table with its value. */
export type ConfigOf<T extends OptionTable> = { readonly [N in keyof T]: T[N] extends Option<infer V> ? V : never }

/** The options that may be given for a table; undefined: the option is not given. */
export type OptionsOf<T extends OptionTable> = { readonly [N in keyof T]?: ConfigOf<T>[N] | undefined }

/** The checked options, with the defaults of those that are not given; of a larger table, those of this one. */
export function completeOptions<T extends OptionTable>(table: T, checked: CheckedOptions<T>): ConfigOf<T> {
  const given = checked as Readonly<Record<string, unknown>>
  const valueOf = ([name, row]: readonly [string, Option<unknown>]): readonly [string, unknown] => {
    const value = given[name]
    return [name, value !== undefined ? value : row.derive === undefined ? row.default : row.derive(given)]
  }
  return Object.fromEntries(Object.entries(table).map(valueOf)) as ConfigOf<T>
}
