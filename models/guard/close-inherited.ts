/** Imported first: closes the files of the parent that this process has inherited, such as those of its stores. */
import { closeSync, readdirSync, readlinkSync } from 'node:fs'

const own = '/proc/self/fd'
const channel = 3

/** Only what is a file of a directory: the pipes and sockets here are Node.js's own. Where the system does not list them nothing is closed. */
export function closeInherited(): void {
  let names: string[]
  try {
    names = readdirSync(own)
  } catch {
    return
  }
  for (const descriptor of names.map(Number)) {
    if (descriptor <= channel) continue
    try {
      const file = readlinkSync(`${own}/${descriptor}`)
      if (file.startsWith('/') && !file.startsWith('/dev/')) closeSync(descriptor)
    } catch {
      // Closed already.
    }
  }
}

closeInherited()
