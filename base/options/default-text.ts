import type { Option } from './option.ts'

/** Which authorities a TLS client trusts unless it is told: Node.js brings its own list and does not read the system's. */
export const nodeAuthorities = "Node.js's own list, and those in the file of NODE_EXTRA_CA_CERTS"

/** An option's default as text for help and documents; '' if there is none. */
export function defaultText({ default: value, defaultText: shown }: Pick<Option<unknown>, 'default' | 'defaultText'>): string {
  if (shown !== undefined || value === undefined) return shown ?? ''
  if (Array.isArray(value)) return value.join(',')
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`
}
