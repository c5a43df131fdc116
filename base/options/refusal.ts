import { nearestName } from './nearest-name.ts'
import { shownValue } from './shown-value.ts'

/** A value that is not allowed for an option or, if `shown` is undefined, a missing one. */
export interface RefusedValue {
  readonly name: string
  /** The value as the message shows it. */
  readonly shown: string | undefined
  /** The source of the value. */
  readonly origin: string
  /** Completes "allowed: …". */
  readonly allowed: string
  /** A given word and the allowed ones, among which the nearest is suggested. */
  readonly word?: { readonly given: unknown; readonly choices: readonly string[] | undefined }
}

/** The message for a value that is not allowed: name, value, origin, what is allowed, and the word that was probably meant. */
export function refusedValue({ name, shown, origin, allowed, word }: RefusedValue): string {
  if (shown === undefined) return `${name} is not set${origin === '' ? '' : ` (${origin})`}; allowed: ${allowed}`
  const meant = typeof word?.given === 'string' ? nearestName(word.given, word.choices ?? []) : undefined
  return `${name} ${shown} (${origin}) is not allowed; allowed: ${allowed}${suggestion(meant)}`
}

/** The message for an unknown name: name, origin, the allowed names, and the one that was probably meant. */
export function unknownName(what: string, { name, origin, prefix = '' }: UnknownName, names: readonly string[]): string {
  const nearest = nearestName(name, names)
  const meant = nearest === undefined ? undefined : prefix + nearest
  return `unknown ${what} ${shownValue(prefix + name)} (${origin}); allowed: ${names.join(', ')}${suggestion(meant)}`
}

/** `prefix`: the path to the object that has the name, with a dot at its end. */
interface UnknownName {
  readonly name: string
  readonly origin: string
  readonly prefix?: string
}

function suggestion(meant: string | undefined): string {
  return meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`
}
