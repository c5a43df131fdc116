/** PMML's date and time types. `date` counts days, the others seconds, from 1970 or from midnight. */
export const dateTypes = [
  'date',
  'time',
  'dateTime',
  'dateDaysSince[0]',
  'dateDaysSince[1960]',
  'dateDaysSince[1970]',
  'dateDaysSince[1980]',
  'dateDaysSince[1990]',
  'dateDaysSince[2000]',
  'dateDaysSince[2010]',
  'dateDaysSince[2020]',
  'timeSeconds',
  'dateTimeSecondsSince[0]',
  'dateTimeSecondsSince[1960]',
  'dateTimeSecondsSince[1970]',
  'dateTimeSecondsSince[1980]',
  'dateTimeSecondsSince[1990]',
  'dateTimeSecondsSince[2000]',
  'dateTimeSecondsSince[2010]',
  'dateTimeSecondsSince[2020]',
] as const

const names: ReadonlySet<string> = new Set(dateTypes)
const dayMs = 86_400_000

export function isDateType(type: string): boolean {
  return names.has(type)
}

/** Whether values of the type are written as ISO texts; those of the counting types are numbers. */
export function isDateText(type: string): boolean {
  return type === 'date' || type === 'time' || type === 'dateTime'
}

/** Parses an ISO date or time, or the number of a counting type; NaN: the text is neither. */
export function parseDate(type: string, text: string): number {
  const trimmed = text.trim()
  if (!isDateText(type)) {
    if (/^-?\d+$/.test(trimmed)) return Number(trimmed)
    const iso = textTypeOf(type)
    const origin = originOf(type)
    return parseDate(iso, trimmed) - (iso === 'date' ? origin / (dayMs / 1000) : origin)
  }
  if (type === 'time') return parseTime(trimmed)
  const [day = '', time] = trimmed.split(/[T ]/)
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day) return NaN
  if (type === 'date') return time === undefined ? ms / dayMs : NaN
  return ms / 1000 + (time === undefined ? NaN : parseTime(time.replace(/Z$/, '')))
}

/** A record's text as such a value; Infinity, which is never a date: the text is invalid, not missing. */
export function readDate(type: string, text: string): number {
  const value = parseDate(type, text)
  return Number.isNaN(value) ? Infinity : value
}

/** The type of ISO texts that a type counts the days or seconds of. */
function textTypeOf(type: string): 'date' | 'time' | 'dateTime' {
  if (type === 'time' || type === 'timeSeconds') return 'time'
  return type === 'date' || type.startsWith('dateDaysSince') ? 'date' : 'dateTime'
}

/** Seconds from 1970 to what a `…Since[year]` type counts from. */
export function originOf(type: string): number {
  const year = /\[(\d+)\]/.exec(type)?.[1]
  return year === undefined || year === '0' ? 0 : Date.UTC(Number(year), 0, 1) / 1000
}

const secondsADay = dayMs / 1000

/** Converts a value of one of the types to another; NaN: it has no such value. */
export function convertDate(from: string, to: string, value: number): number {
  const [kind, wanted] = [textTypeOf(from), textTypeOf(to)]
  const seconds = (kind === 'date' ? value * secondsADay : value) + originOf(from)
  if (wanted === 'time') return kind === 'date' ? NaN : seconds - Math.floor(seconds / secondsADay) * secondsADay
  if (kind === 'time') return NaN
  return wanted === 'date' ? Math.floor((seconds - originOf(to)) / secondsADay) : seconds - originOf(to)
}

/** A date or time as ISO text; a value of a counting type as its number. */
export function formatIso(type: string, value: number): string {
  if (type === 'date') return formatDate(value * secondsADay, '%F')
  if (type === 'time') return formatDate(value, '%T')
  return type === 'dateTime' ? formatDate(value, '%FT%T') : String(value)
}

/** Whole days from the start of a year to a day that is counted from 1970. */
export function daysSinceYear(days: number, year: number): number {
  return days - Date.UTC(year, 0, 1) / dayMs
}

/** A day and second as strftime-like text: %Y %y %m %d %H %M %S %j %B %b %A %a %p %I %e %D %F %T %R %%. */
export function formatDate(seconds: number, pattern: string): string {
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return ''
  const whole = pattern.replaceAll(/%([DFTR])/g, (_, key: string) => compound[key] ?? '')
  return whole.replaceAll(/%([A-Za-z%])/g, (field, key: string) => fieldOf(date, key) ?? field)
}

const compound: Readonly<Record<string, string>> = { D: '%m/%d/%y', F: '%Y-%m-%d', T: '%H:%M:%S', R: '%H:%M' }

function fieldOf(date: Date, key: string): string | undefined {
  const two = (value: number): string => String(value).padStart(2, '0')
  const named = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', ...options }).format(date)
  switch (key) {
    case 'Y':
      return String(date.getUTCFullYear()).padStart(4, '0')
    case 'y':
      return two(date.getUTCFullYear() % 100)
    case 'm':
      return two(date.getUTCMonth() + 1)
    case 'd':
      return two(date.getUTCDate())
    case 'e':
      return String(date.getUTCDate()).padStart(2, ' ')
    case 'H':
      return two(date.getUTCHours())
    case 'I':
      return two(date.getUTCHours() % 12 || 12)
    case 'M':
      return two(date.getUTCMinutes())
    case 'S':
      return two(date.getUTCSeconds())
    case 'p':
      return date.getUTCHours() < 12 ? 'AM' : 'PM'
    case 'j':
      return String(Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / dayMs) + 1).padStart(3, '0')
    case 'B':
      return named({ month: 'long' })
    case 'b':
      return named({ month: 'short' })
    case 'A':
      return named({ weekday: 'long' })
    case 'a':
      return named({ weekday: 'short' })
    default:
      return key === '%' ? '%' : undefined
  }
}

function parseTime(text: string): number {
  const match = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/.exec(text)
  if (match === null) return NaN
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)]
  return hours < 24 && minutes < 60 && seconds < 60 ? hours * 3600 + minutes * 60 + seconds : NaN
}
