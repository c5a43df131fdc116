import type { Option } from './option.ts'

/** An option's default as text for help and documents; '' if there is none. */
export function defaultText({ default: value, defaultText: shown }: Pick<Option<unknown>, 'default' | 'defaultText'>): string {
  if (shown !== undefined || value === undefined) return shown ?? ''
  if (Array.isArray(value)) return value.join(',')
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`
}
