import { SluiceError } from './sluice-error.ts'

/** Throws SluiceError TOPOLOGY_INVALID for an option that there is not: a misspelt one would be no option at all, without a word. */
export function checkOptionNames(what: string, options: object, names: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue
    throw new SluiceError('TOPOLOGY_INVALID', `${what} has no option "${name}"; there are: ${names.join(', ')}`)
  }
}
