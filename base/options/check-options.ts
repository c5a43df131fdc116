import { type ErrorCode, messageOf, SluiceError } from '../sluice-error.ts'
import { refusedValue, unknownName } from './refusal.ts'
import { isObject, mayHaveMore, namesIn } from './object-kinds.ts'
import { shownValue } from './shown-value.ts'
import type { FieldOption, FieldTable } from './value-kind.ts'

/** What the options belong to. */
export interface OptionSubject {
  /** For messages: "SluiceStreams", "store "counts"". */
  readonly of: string
  /** Default CONFIG_INVALID. */
  readonly code?: ErrorCode
}

/**
 * Checks options against their table. An undefined option counts as not given. Throws SluiceError for the first unknown name, value that is not
 * allowed or missing required option; the message says which it is, what is allowed, and what was probably meant.
 */
export function checkOptions(subject: OptionSubject, table: FieldTable, options: unknown): void {
  const allowed = `an object of ${Object.keys(table).join(', ')}`
  try {
    if (!isObject(options))
      throw refusal(subject, refusedValue({ name: 'options', shown: shownValue(options), origin: `of ${subject.of}`, allowed }))
    checkFields(subject, table, { prefix: '', value: options })
  } catch (error) {
    if (error instanceof SluiceError) throw error
    // A proxy whose traps throw, or one that was revoked.
    throw refusal(subject, `options cannot be read (of ${subject.of}): ${messageOf(error)}; allowed: ${allowed}`, error)
  }
}

interface Holder {
  /** The path to the object, with a dot at its end. */
  readonly prefix: string
  readonly value: Readonly<Record<string, unknown>>
}

function checkFields(subject: OptionSubject, table: FieldTable, { prefix, value }: Holder): void {
  const names = Object.keys(table)
  const strange = mayHaveMore(value) ? undefined : namesIn(value).find(name => !Object.hasOwn(table, name))
  if (strange !== undefined) throw refusal(subject, unknownName('option', { name: strange, origin: `of ${subject.of}`, prefix }, names))
  for (const name of names) checkOne(subject, table[name] as FieldOption, { name: prefix + name, of: value, key: name })
}

interface Place {
  /** The path to the option. */
  readonly name: string
  readonly of: Readonly<Record<string, unknown>>
  readonly key: string
}

/** Checks one option; a getter that throws, there or further within, is the fault of the option too. */
function checkOne(subject: OptionSubject, row: FieldOption, { name, of, key }: Place): void {
  try {
    checkValue(subject, row, { name, value: of[key] })
  } catch (error) {
    if (error instanceof SluiceError) throw error
    throw refusal(subject, `${name} cannot be read (option of ${subject.of}): ${messageOf(error)}; allowed: ${row.kind.allowed}`, error)
  }
}

function checkValue(subject: OptionSubject, row: FieldOption, { name, value }: { readonly name: string; readonly value: unknown }): void {
  if (value === undefined && row.required !== true) return
  const { kind, secret = false } = row
  if (!kind.accepts(value)) {
    const shown = value === undefined ? undefined : secret ? '(hidden)' : shownValue(value)
    const word = { given: secret ? undefined : value, choices: kind.choices }
    throw refusal(subject, refusedValue({ name, shown, origin: `option of ${subject.of}`, allowed: kind.allowed, word }))
  }
  const fields = kind.fields?.(value)
  if (fields !== undefined) checkFields(subject, fields, { prefix: `${name}.`, value: value as Readonly<Record<string, unknown>> })
}

function refusal({ code = 'CONFIG_INVALID' }: OptionSubject, message: string, cause?: unknown): SluiceError {
  return new SluiceError(code, message, cause === undefined ? {} : { cause })
}
