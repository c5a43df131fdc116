import { type ErrorCode, messageOf, SluiceError } from '../sluice-error.ts'
import { isObject, mayHaveMore } from './object-kinds.ts'
import { ReadMembers } from './read-members.ts'
import { refusedValue, unknownName } from './refusal.ts'
import { shownValue } from './shown-value.ts'
import type { FieldOption, FieldTable, ValueOf } from './value-kind.ts'

/** What the options belong to. */
export interface OptionSubject {
  /** For messages: "SluiceStreams", "store "counts"". */
  readonly of: string
  /** The option that names what the options belong to better: with `{ option: 'name', what: 'store' }` messages say "store "counts"". */
  readonly named?: { readonly option: string; readonly what: string }
  /** Default CONFIG_INVALID. */
  readonly code?: ErrorCode
}

declare const checked: unique symbol

/** A plain object of the options that were given, checked. Nobody else has it, so it stays as it was checked; so do the lists and options within. */
export type CheckedOptions<T extends FieldTable> = { readonly [N in keyof T]?: ValueOf<T[N]> | undefined } & { readonly [checked]: T }

/**
 * Checks options against their table and returns them as a plain object; the given one must not be used after that. Each of its members is read once, so
 * that a getter which returns something else the next time changes nothing. An undefined option counts as not given. Throws SluiceError for the first
 * unknown name, value that is not allowed or missing required option; the message says which it is, what is allowed, and what was probably meant.
 */
export function checkedOptions<const T extends FieldTable>(subject: OptionSubject, table: T, options: unknown): CheckedOptions<T> {
  const allowed = `an object of ${Object.keys(table).join(', ')}`
  try {
    if (!isObject(options))
      throw refusal(subject, refusedValue({ name: 'options', shown: shownValue(options), origin: `of ${subject.of}`, allowed }))
    const members = new ReadMembers(options)
    return keptMembers(namedSubject(subject, members), table, { prefix: '', value: options, members }) as CheckedOptions<T>
  } catch (error) {
    if (error instanceof SluiceError) throw error
    // A proxy whose traps throw, or one that was revoked.
    throw refusal(subject, `options cannot be read (of ${subject.of}): ${messageOf(error)}; allowed: ${allowed}`, error)
  }
}

function namedSubject({ of, named, ...subject }: OptionSubject, members: ReadMembers): OptionSubject {
  try {
    const name = named === undefined ? undefined : members.get(named.option)
    return { ...subject, of: typeof name === 'string' ? `${named?.what} ${shownValue(name)}` : of }
  } catch {
    // The check of the option says so.
    return { ...subject, of }
  }
}

interface Holder {
  /** The path to the object, with a dot at its end. */
  readonly prefix: string
  readonly value: object
  readonly members: ReadMembers
}

function keptMembers(subject: OptionSubject, table: FieldTable, { prefix, value, members }: Holder): object {
  const names = Object.keys(table)
  const strange = mayHaveMore(value) ? undefined : members.names.find(name => !Object.hasOwn(table, name))
  if (strange !== undefined) throw refusal(subject, unknownName('option', { name: strange, origin: `of ${subject.of}`, prefix }, names))
  const kept = names.map(
    name => [name, keptMember(subject, table[name] as FieldOption, { name: prefix + name, members, key: name })] as const,
  )
  return Object.fromEntries(kept.filter(([, each]) => each !== undefined))
}

interface Place {
  /** The path to the option. */
  readonly name: string
  readonly members: ReadMembers
  readonly key: string
}

/** Reads and checks one option; a getter that throws, there or further within, is the fault of the option too. */
function keptMember(subject: OptionSubject, row: FieldOption, { name, members, key }: Place): unknown {
  try {
    return keptValue(subject, row, { name, value: members.get(key) })
  } catch (error) {
    if (error instanceof SluiceError) throw error
    throw refusal(subject, `${name} cannot be read (option of ${subject.of}): ${messageOf(error)}; allowed: ${row.kind.allowed}`, error)
  }
}

function keptValue(subject: OptionSubject, row: FieldOption, { name, value }: { readonly name: string; readonly value: unknown }): unknown {
  if (value === undefined && row.required !== true) return undefined
  const { kind, secret = false } = row
  let kept = kind.copy === undefined ? value : kind.copy(value)
  if (kind.fields !== undefined && isObject(value)) {
    const members = new ReadMembers(value)
    kept = keptMembers(subject, kind.fields(members), { prefix: `${name}.`, value, members })
  }
  if (isAccepted(subject, row, { name, value: kept })) return kept
  const shown = value === undefined ? undefined : secret ? '(hidden)' : shownValue(value)
  const word = { given: secret ? undefined : value, choices: kind.choices }
  throw refusal(subject, refusedValue({ name, shown, origin: `option of ${subject.of}`, allowed: kind.allowed, word }))
}

/** An object that throws when it is looked at, such as a Proxy of one with private members, cannot be used either. */
function isAccepted(
  subject: OptionSubject,
  { kind }: FieldOption,
  { name, value }: { readonly name: string; readonly value: unknown },
): boolean {
  try {
    return kind.accepts(value)
  } catch (error) {
    throw refusal(subject, `${name} cannot be used (option of ${subject.of}): ${messageOf(error)}; allowed: ${kind.allowed}`, error)
  }
}

function refusal({ code = 'CONFIG_INVALID' }: OptionSubject, message: string, cause?: unknown): SluiceError {
  return new SluiceError(code, message, cause === undefined ? {} : { cause })
}
