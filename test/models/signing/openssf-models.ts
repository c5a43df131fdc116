import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Models that the OpenSSF's tool has signed: see openssf/README.md. */
export const openssf = join(import.meta.dirname, 'openssf')

export function openssfFile(name: string): Buffer {
  return readFileSync(join(openssf, name))
}

/** The path of a trusted key or authority. */
export function openssfKey(name: 'p256' | 'p384' | 'p521' | 'root' | 'intermediate'): string {
  return join(openssf, `test-${name}${name.startsWith('p') ? '.pub' : ''}.pem`)
}
