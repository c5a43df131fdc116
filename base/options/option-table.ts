import type { Option } from './option.ts'

/** The options that something has, by name. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>

/** Every option of a table with its value. */
export type ConfigOf<T extends OptionTable> = { readonly [N in keyof T]: T[N] extends Option<infer V> ? V : never }

/** What may be given for a table; undefined stands for an option that is not given. */
export type OptionsOf<T extends OptionTable> = { readonly [N in keyof T]?: ConfigOf<T>[N] | undefined }

/** The options as given, and the defaults of those that are not given or undefined. They have been checked: see `checkOptions`. */
export function completeOptions<T extends OptionTable>(table: T, given: OptionsOf<T>): ConfigOf<T> {
  const valueOf = ([name, row]: readonly [string, Option<unknown>]): readonly [string, unknown] => {
    const value = given[name]
    return [name, value !== undefined ? value : row.derive === undefined ? row.default : row.derive(given)]
  }
  return Object.fromEntries(Object.entries(table).map(valueOf)) as ConfigOf<T>
}
