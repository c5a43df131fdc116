import { interfaceFiles } from './interface-files.ts'
import { interfaceSource } from './interface-source.ts'

export interface GeneratedFile {
  readonly path: string
  readonly content: string
}

/** Every file that follows from the option tables. `read` gives a file as it is. */
export function generatedFiles(_read: (path: string) => string): readonly GeneratedFile[] {
  return interfaceFiles.map(({ path, table, imports, interfaces }) => ({
    path,
    content: [
      `// Written from ${table} by scripts/generate-options.ts: change it there, then run \`npm run options\`.\n`,
      imports.join('\n'),
      '\n\n',
      interfaces.map(interfaceSource).join('\n'),
    ].join(''),
  }))
}
