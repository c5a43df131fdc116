/**
 * Checks the built package: every name in an exported signature is exported and documented; the public API matches etc/*.api.md (with --write these
 * files are rewritten, for review); publint and attw report no problem.
 */
import { checkPackage, Package } from '@arethetypeswrong/core'
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel, type ExtractorMessage } from '@microsoft/api-extractor'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

const write = process.argv.includes('--write')
const stage = join('build', 'check')
const {
  name: packageName,
  version,
  exports: entries,
} = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly name: string
  readonly version: string
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>
}
const types = Object.values(entries).flatMap(entry => (typeof entry === 'string' ? [] : [entry.types]))
const problems: string[] = []
const changed = new Set<string>()
/** Options are documented by the tables that generate them. */
const optionsFolder = join('dist', 'topology', 'runtime', 'config')
/** Tables in the source whose keys form an exported type; users see only the keys. */
const tables = new Set(['faults'])

const exported = new Set(types.flatMap(exportedNames))
const configs = types.map(surfaceConfig)
// One program for all entries, because reading the types takes most of the time.
const compilerState = CompilerState.create(configs[0] as ExtractorConfig, { additionalEntryPoints: types.map(path => resolve(path)) })
for (const [at, config] of configs.entries()) checkSurface(config, types[at] as string)
execFileSync(process.execPath, ['--import', 'tsx', 'scripts/stage-package.ts', '--stage', stage, '--platforms', 'none'], {
  stdio: 'inherit',
})
checkNotice()
checkOlderTypes()
await checkWithPublint()
await checkWithAttw()
for (const report of changed) problems.push(`${report} does not match the public API: run npm run api and review the changes`)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

/** Compares the API of an entry with its report, or writes the report. */
function checkSurface(config: ExtractorConfig, path: string): void {
  Extractor.invoke(config, { compilerState, localBuild: write, messageCallback: message => take(message, path) })
}

function surfaceConfig(path: string): ExtractorConfig {
  const report = `${basename(path, '.d.ts')}.api.md`
  const none = { logLevel: ExtractorLogLevel.None }
  const told = { logLevel: ExtractorLogLevel.Warning }
  const folders = { reportFolder: resolve('etc'), reportTempFolder: resolve('build', 'api') }
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true })
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    moduleResolution: 'nodenext',
    lib: ['es2023'],
    types: ['node'],
    strict: true,
    skipLibCheck: true,
  }
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve('package.json'),
    configObject: {
      projectFolder: resolve('.'),
      mainEntryPointFilePath: resolve(path),
      newlineKind: 'lf',
      compiler: { overrideTsconfig: { compilerOptions, files: types.map(each => resolve(each)) } },
      apiReport: { enabled: true, reportFileName: report, ...folders },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: told },
        extractorMessageReporting: { default: told, 'ae-missing-release-tag': none },
        // This project's docstrings are Markdown, not strict TSDoc.
        tsdocMessageReporting: { default: none },
      },
    },
  })
}

function take(message: ExtractorMessage, path: string): void {
  message.handled = true
  const { messageId, text, sourceFilePath = '', sourceFileLine } = message
  const place = sourceFilePath === '' ? path : `${relative('.', sourceFilePath)}:${sourceFileLine}`
  // Generated from the schemas; the comments are there.
  const generated = sourceFilePath.includes(join('dist', 'proto'))
  if (messageId.startsWith('console-api-report-')) {
    if (!write && messageId !== 'console-api-report-unchanged') changed.add(`etc/${basename(path, '.d.ts')}.api.md`)
  } else if (messageId === 'ae-forgotten-export') {
    const symbol = /"([^"]+?)(?:_\d+)?"/.exec(text)?.[1] ?? ''
    if (!exported.has(symbol) && !tables.has(symbol))
      problems.push(`${path}: ${symbol} is used in an exported signature, but no entry of the package exports it`)
  } else if (messageId === 'ae-undocumented') {
    if (!generated && !sourceFilePath.includes(optionsFolder)) problems.push(`${place}: ${text}`)
  } else if (messageId === 'ae-unresolved-link') {
    if (!generated) problems.push(`${place}: ${text}`)
  } else if (message.logLevel === ExtractorLogLevel.Warning || message.logLevel === ExtractorLogLevel.Error) {
    problems.push(`${path}: ${text} (${messageId})`)
  }
}

/** The names in an entry's export lists. */
function exportedNames(path: string): readonly string[] {
  const lists = [...readFileSync(path, 'utf8').matchAll(/export (?:type )?\{([^}]*)\}/g)].map(([, list]) => list as string)
  return lists
    .flatMap(list => list.split(','))
    .map(name => name.trim().replace(/^type /, ''))
    .flatMap(name => name.split(' as '))
}

/** The licenses of what is bundled go with it. */
function checkNotice(): void {
  const notice = readFileSync(join(stage, 'NOTICE'), 'utf8')
  for (const name of readdirSync(join(stage, 'node_modules')))
    if (!notice.includes(`${name} `) || !notice.includes('Permission is hereby granted')) problems.push(`NOTICE has no license of ${name}`)
}

/** TypeScript before 5.7 takes the types of Node.js in which Buffer is not generic. */
function checkOlderTypes(): void {
  for (const path of readdirSync('dist', { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.d.ts')))
    if (/\bBuffer</.test(readFileSync(join('dist', path), 'utf8')))
      problems.push(`dist/${path}: Buffer with a type argument, which consumers with TypeScript 5.6 cannot read: annotate the type`)
}

async function checkWithPublint(): Promise<void> {
  const { messages, pkg } = await publint({ pkgDir: stage, pack: false, strict: true })
  for (const message of messages) problems.push(`publint: ${formatMessage(message, pkg, { color: false })}`)
}

/** Checks with attw that ES modules can resolve the types. */
async function checkWithAttw(): Promise<void> {
  const files = readdirSync(stage, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !entry.parentPath.startsWith(join(stage, 'node_modules')))
    .map(entry => join(entry.parentPath, entry.name))
  const content = Object.fromEntries(files.map(file => [`/node_modules/${packageName}${file.slice(stage.length)}`, readFileSync(file)]))
  const result = await checkPackage(new Package(content, packageName, version))
  if (result.types === false) return void problems.push('attw: the package has no types')
  for (const problem of result.problems) {
    // The package has ES modules only, and its entries are those in `exports`.
    const elsewhere = 'resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)
    if (!elsewhere && problem.kind !== 'CJSResolvesToESM') problems.push(`attw: ${JSON.stringify(problem)}`)
  }
}
