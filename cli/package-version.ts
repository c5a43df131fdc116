import { readFileSync } from 'node:fs'

/** From the package.json of this package, which is above this file, compiled or not. */
export function packageVersion(): string {
  for (const above of ['../package.json', '../../package.json']) {
    try {
      const { name, version: found } = JSON.parse(readFileSync(new URL(above, import.meta.url), 'utf8')) as {
        name?: string
        version?: string
      }
      if (name === 'sluice' && found !== undefined) return found
    } catch {
      // Not there: it is the other one.
    }
  }
  return 'unknown'
}
