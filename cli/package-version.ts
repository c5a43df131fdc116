import { readFileSync } from 'node:fs'

/** The version in the package.json of this package: one folder up from the sources, two from the compiled file. 'unknown' if neither exists. */
export function packageVersion(): string {
  for (const above of ['../package.json', '../../package.json']) {
    try {
      const { name, version: found } = JSON.parse(readFileSync(new URL(above, import.meta.url), 'utf8')) as {
        name?: string
        version?: string
      }
      if (name === 'sluice' && found !== undefined) return found
    } catch {
      // The package.json is in the other place.
    }
  }
  return 'unknown'
}
