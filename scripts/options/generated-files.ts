import { streamsOptionTable } from '../../topology/runtime/config/streams-option-table.ts'
import { interfaceSource, type OptionInterface } from './interface-source.ts'

export interface GeneratedFile {
  readonly path: string
  readonly content: string
}

interface InterfaceFile {
  readonly path: string
  /** Where the table is, relative to the file. */
  readonly table: string
  readonly imports: readonly string[]
  readonly interfaces: readonly OptionInterface[]
}

const interfaceFiles: readonly InterfaceFile[] = [
  {
    path: 'topology/runtime/config/streams-options.ts',
    table: './streams-option-table.ts',
    imports: [
      "import type { HostInfo } from '../../queryable-streams.ts'",
      "import type { SaslOptions } from './sasl-option.ts'",
      "import type { SslOptions } from './ssl-option.ts'",
      "import type { StreamsListener } from './streams-listener.ts'",
    ],
    interfaces: [
      {
        name: 'StreamsOptions',
        doc: 'The options of `SluiceStreams`. A wrong one is refused with CONFIG_INVALID; one that is undefined counts as not given.',
        table: streamsOptionTable,
      },
    ],
  },
]

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
