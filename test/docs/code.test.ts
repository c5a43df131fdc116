import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseAllDocuments } from 'yaml'
import { resolveSettings } from '../../cli/config/resolve-settings.ts'
import { serveSettings } from '../../cli/config/settings.ts'
import { wrongCommand } from '../support/command-check.ts'
import { commandLines, docBlocks, docPages, packageEntries, words, type DocBlock } from '../support/doc-blocks.ts'

const project = join(import.meta.dirname, '../..')
const run = promisify(execFile)
const blocks = docBlocks(project)
const entries = packageEntries(project)
const test = suite('code blocks in the documents')

function of(...languages: readonly string[]): DocBlock[] {
  return blocks.filter(({ language }) => languages.includes(language))
}

function place({ page, line }: DocBlock): string {
  return `${page}:${line}`
}

/** One folder below the project, whose packages it uses, with a module for each block; blocks see each other's files. */
async function withModules(use: (folder: string, moduleOf: (block: DocBlock) => string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(project, 'test', 'docs-'))
  const moduleOf = (block: DocBlock): string => {
    const file = /^file (.+)$/.exec(block.check ?? '')?.[1]
    return join(folder, file === undefined ? `${block.page.replaceAll(/\W/g, '-')}-${block.line}.${block.language}` : basename(file))
  }
  try {
    for (const block of of('ts', 'js')) await writeFile(moduleOf(block), block.code)
    await use(folder, moduleOf)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function writeConfig(folder: string): Promise<string> {
  const paths = Object.fromEntries(Object.entries(entries).map(([name, source]) => [name, [join('../..', source)]]))
  const compilerOptions = { paths, noUnusedLocals: false, noUnusedParameters: false, allowJs: true, checkJs: true }
  const path = join(folder, 'tsconfig.json')
  await writeFile(path, JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['*.ts', '*.js'], exclude: [] }))
  return path
}

test('the pages contain code blocks', () => {
  assert.ok(of('ts').length >= 4, 'blocks of TypeScript')
  assert.ok(of('sh').length >= 5, 'blocks of shell commands')
  assert.equal(
    blocks.filter(({ language }) => !['ts', 'js', 'json', 'yaml', 'sh', 'mermaid', 'text', 'python'].includes(language)).map(place),
    [],
    'each block says its language',
  )
})

test('every entry of the package has a source', () => {
  assert.ok('sluice' in entries)
  for (const source of Object.values(entries)) assert.ok(existsSync(join(project, source)), source)
})

test('blocks that show a file of the project equal the file', () => {
  const copies = of('ts').filter(({ check }) => check?.startsWith('file '))
  assert.ok(copies.length > 0)
  for (const block of copies) {
    const file = (block.check as string).slice('file '.length)
    const source = readFileSync(join(project, file), 'utf8')
    const asPackage = source.replaceAll(/from '(\.[^']+)'/g, (whole, path: string) => {
      const target = normalize(join(dirname(file), path))
      const name = Object.keys(entries).find(each => entries[each] === target)
      return name === undefined ? whole : `from '${name}'`
    })
    assert.is(onOneLine(block.code), onOneLine(asPackage), `${place(block)} is not ${file}`)
  }
})

/** Where a list of imports breaks depends on how long the path is. */
function onOneLine(code: string): string {
  return code.replaceAll(/^import \{[^}]*\}/gm, list => list.replaceAll(/\s+/g, ' ').replace(', }', ' }'))
}

test('TypeScript compiles under the strictest settings', async () => {
  await withModules(async folder => {
    const config = await writeConfig(folder)
    const { stdout } = await run(join(project, 'node_modules/.bin/tsc'), ['-p', config]).catch((error: { stdout: string }) => error)
    assert.is(stdout, '')
  })
})

for (const block of of('ts', 'js').filter(({ check }) => check === undefined)) {
  test(`${place(block)} runs, and prints what it says`, async () => {
    await withModules(async (folder, moduleOf) => {
      const env = { ...process.env, TSX_TSCONFIG_PATH: await writeConfig(folder) }
      const { stdout } = await run(process.execPath, ['--import', 'tsx', moduleOf(block)], { env })
      const said = [...block.code.matchAll(/^ *console\.log\(.*\) \/\/ (.*)$/gm)].map(([, text]) => text)
      assert.ok(said.length > 0, 'a block that prints nothing shows nothing')
      assert.equal(stdout.trimEnd().split('\n'), said)
    })
  })
}

test('JSON and YAML can be parsed', () => {
  for (const block of of('json')) assert.not.throws(() => JSON.parse(block.code) as unknown, place(block))
  for (const block of of('yaml')) for (const { errors } of parseAllDocuments(block.code)) assert.equal(errors.map(String), [], place(block))
})

test('shown settings exist and have allowed values', () => {
  const shown = of('yaml').filter(({ check }) => check === 'settings')
  assert.ok(shown.length > 0)
  for (const { code } of shown) resolveSettings(serveSettings, { flags: { config: 'sluice.yaml' }, env: {}, readFile: () => code })
})

test('shown commands exist with their flags and arguments', () => {
  const lines = of('sh').flatMap(block => commandLines(block.code).map(line => ({ line, at: place(block) })))
  const wrong = lines.flatMap(({ line, at }) => {
    const why = wrongCommand(line, project)
    return why === undefined ? [] : [`${at}: ${why}`]
  })
  assert.equal(wrong, [])
  assert.ok(lines.filter(({ line }) => words(line).includes('sluice')).length >= 12)
})

test('so do commands within the text', () => {
  const wrong = docPages(project).flatMap(page => {
    const text = readFileSync(join(project, page), 'utf8').replaceAll(/^```.*?^```$/gms, '')
    return [...text.matchAll(/`((?:npx )?sluice [a-z][^`]*|npm (?:run|test)[^`]*)`/g)].flatMap(([, line]) => {
      const why = wrongCommand((line as string).replaceAll(/[[\]…]/g, ''), project)
      return why === undefined ? [] : [`${page}: ${why}`]
    })
  })
  assert.equal(wrong, [])
})

test('a wrong command is found', () => {
  const wrong = (line: string): string => wrongCommand(line, project) ?? ''
  assert.is(wrong('npx sluice send rows.csv --data-type wine'), '')
  assert.match(wrong('npx sluice sned rows.csv'), 'there is no command sned')
  assert.match(wrong('npx sluice send rows.csv --datatype wine'), 'there is no --datatype')
  assert.match(wrong('npx sluice score a.onnx b.csv c.csv'), 'c.csv is too much')
  assert.match(wrong('npm ci && npm run demos'), 'there is no script demos')
  assert.match(wrong('npx sluice send examples/wine/wines.csv'), 'there is no examples/wine/wines.csv')
  assert.match(wrong('npm test -- record-queues'), "no test file's path has record-queues")
  assert.match(wrong('npx tsx test/runs.ts'), 'there is no test/runs.ts')
})

test('every link of every page leads to an existing file', () => {
  const broken = docPages(project).flatMap(page => {
    const text = readFileSync(join(project, page), 'utf8').replaceAll(/^```.*?^```$/gms, '')
    return [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].flatMap(([, path]) => {
      const target = path as string
      return existsSync(join(project, dirname(page), target)) ? [] : [`${page}: ${target}`]
    })
  })
  assert.equal(broken, [])
})

test('no page has the marks of an unfinished merge', () => {
  const marks = /^(?:> )*(?:<<<<<<<|>>>>>>>|> > > > > > >) /m
  assert.equal(
    docPages(project).filter(page => marks.test(readFileSync(join(project, page), 'utf8'))),
    [],
  )
})

test.run()
