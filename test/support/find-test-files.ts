import { readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'

/** The test files below `directory` whose path contains one of the filters (all of them when there is none), in order. */
export async function findTestFiles(directory: string, filters: readonly string[] = []): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map(entry => join(entry.parentPath, entry.name))
    .filter(path => filters.length === 0 || filters.some(filter => path.includes(filter)))
    .sort()
}

/** Whether a test file needs a broker: it lives in a folder named kafka directly below `directory`. */
export function needsBroker(directory: string, file: string): boolean {
  return file.startsWith(join(directory, 'kafka') + sep)
}
