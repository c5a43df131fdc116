import { configurationTables } from './configuration-tables.ts'
import { interfaceFiles } from './interface-files.ts'
import { interfaceSource } from './interface-source.ts'

export interface GeneratedFile {
  readonly path: string
  readonly content: string
}

const configuration = 'docs/configuration.md'

/** Generates every file that depends on the option tables. `read` returns the current content of a file. */
export function generatedFiles(read: (path: string) => string): readonly GeneratedFile[] {
  const interfaces = interfaceFiles.map(({ path, table, imports, interfaces: all }) => ({
    path,
    content: [
      `// Written from ${table} by scripts/generate-options.ts: change it there, then run \`npm run options\`.\n`,
      imports.join('\n'),
      '\n\n',
      all.map(interfaceSource).join('\n'),
    ].join(''),
  }))
  return [...interfaces, { path: configuration, content: withTables(read(configuration)) }]
}

const mark = /<!-- options: (.+) -->\n[^]*?<!-- end of options -->/g

/** Puts the tables between the marks of the document. Throws if a mark names no table or a table has no mark. */
function withTables(document: string): string {
  const left = new Set(Object.keys(configurationTables))
  const written = document.replaceAll(mark, (_, name: string) => {
    const table = configurationTables[name]
    if (table === undefined)
      throw new Error(`${configuration} has a mark for the unknown table "${name}"; tables without a mark so far: ${[...left].join(', ')}`)
    left.delete(name)
    return `<!-- options: ${name} -->\n\n<!-- prettier-ignore -->\n${table}\n\n<!-- end of options -->`
  })
  if (left.size > 0) throw new Error(`${configuration} has no mark for ${[...left].join(', ')}`)
  return written
}
