import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A fenced block of a page: what stands between ``` and ```. */
export interface DocBlock {
  /** The page, relative to the project. */
  readonly page: string
  /** Of its first line, from 1. */
  readonly line: number
  readonly language: string
  readonly code: string
  /**
   * What a comment above it says, `<!-- check: … -->`: `file PATH`: it is that file of the project, with the package's name in place of the
   * path of its index; `types`: it is not run (it needs Kafka); `settings`: it is a YAML file of `sluice serve`.
   */
  readonly check: string | undefined
}

/** The pages that a user reads: all Markdown files but those of the tests. */
export function docPages(project: string): string[] {
  const below = (folder: string): string[] =>
    readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.md'))
      .map(name => `${folder}/${name}`)
  const roots = readdirSync(project).filter(name => name.endsWith('.md'))
  return [...roots, ...['docs', 'examples', 'bench'].flatMap(below)].toSorted()
}

export function docBlocks(project: string): DocBlock[] {
  return docPages(project).flatMap(page => blocksOf(page, readFileSync(join(project, page), 'utf8')))
}

function blocksOf(page: string, text: string): DocBlock[] {
  const blocks = text.matchAll(/(?:^<!-- check: (.+?) -->\n+)?^```(\w*)\n(.*?)^```$/gms)
  return [...blocks].map(({ index, 0: whole, 1: check, 2: language = '', 3: code = '' }) => ({
    page,
    line: text.slice(0, index + whole.indexOf('```')).split('\n').length + 1,
    language,
    code,
    check,
  }))
}

/** The package's entries, by the name that a program imports: the source of each. */
export function packageEntries(project: string): Readonly<Record<string, string>> {
  const { name, exports } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
    readonly name: string
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>
  }
  const entries = Object.entries(exports).flatMap(([path, entry]) =>
    typeof entry === 'string' ? [] : [[`${name}${path.slice(1)}`, entry.default.replace('./dist/', '').replace(/\.js$/, '.ts')] as const],
  )
  return Object.fromEntries(entries)
}

/** The command lines of a shell block: without comments, and each as one line. */
export function commandLines(code: string): string[] {
  return code
    .replaceAll(/\\\n */g, '')
    .split('\n')
    .map(line => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter(line => line !== '')
}

/** Words as a shell takes them; quotes keep blanks. */
export function words(line: string): string[] {
  return [...line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'))
}
