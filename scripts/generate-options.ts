/**
 * Generates files from the option tables: the interfaces of options with their documentation, and the tables of docs/configuration.md.
 * With --check it writes nothing and fails if a file does not match the tables.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { generatedFiles } from './options/index.ts'

const check = process.argv.includes('--check')
const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

for (const { path, content } of generatedFiles(read)) {
  const fresh = await format(content, { ...(await resolveConfig(path)), filepath: path })
  if (!check) writeFileSync(path, fresh)
  else if (read(path) !== fresh) throw new Error(`${path} does not match the option tables; run: npm run options`)
}
