import { inspect } from 'node:util'
import { escapedText } from './unsafe-signs.ts'

const maxShown = 200

/** A value or a name as text for a message, in one line that a terminal can show; of a long text only the beginning. Never throws. */
export function shownValue(value: unknown): string {
  const shown = written(value)
  return escapedText((shown.length <= maxShown ? shown : `${shown.slice(0, maxShown)}…`).replaceAll(/\s*\n\s*/g, ' '))
}

function written(value: unknown): string {
  if (isPlain(value)) return plain(value)
  try {
    return JSON.stringify(value, (_key, inner: unknown) => (isPlain(inner) && !isJson(inner) ? plain(inner) : inner)) ?? inspect(value)
  } catch {
    return 'an object that cannot be shown'
  }
}

function isPlain(value: unknown): boolean {
  return (typeof value !== 'object' && value !== undefined) || value === null || value === undefined
}

function isJson(value: unknown): boolean {
  return value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value)
}

function plain(value: unknown): string {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `function ${value.name}`
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
