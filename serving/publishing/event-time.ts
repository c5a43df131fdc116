import { SluiceError } from '../../base/index.ts'

/** ISO 8601 with a date, and a zone if it has a time. */
const iso = /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2}))?$/

/** An event time, epoch ms, from ISO 8601 or a number of ms. Throws INPUT_INVALID. */
export function eventTimeOf(given: unknown): number {
  const text = typeof given === 'string' ? given.trim() : ''
  const time = typeof given === 'number' ? given : /^\d{1,16}$/.test(text) ? Number(text) : iso.test(text) ? Date.parse(text) : NaN
  if (Number.isSafeInteger(time) && time > 0) return time
  throw new SluiceError(
    'INPUT_INVALID',
    `effectiveFrom is ${JSON.stringify(given)}; allowed: ms since the epoch, or ISO 8601 with a zone (2026-01-31T12:00:00Z)`,
  )
}
