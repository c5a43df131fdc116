/**
 * Lays out the package that is published, and with --pack packs it:
 * stage-package.ts [--stage FOLDER] [--platforms linux/x64,…] [--pack FOLDER]. The stage is build/package unless given.
 *
 * The package has one addition to the files that `npm pack` would take: onnxruntime-node, bundled, without its install script. That script downloads
 * GPU files from a server other than the registry; if that server is not reachable, the whole `npm install` fails. The CPU files are in the package.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'

interface Manifest {
  readonly [field: string]: unknown
  readonly dependencies: Readonly<Record<string, string>>
}

/** Fields of package.json that only this project needs. */
const ownFields = new Set(['scripts', 'devDependencies', 'allowScripts', 'files'])
/** Dependencies that only the install script uses. */
const installOnly = new Set(['adm-zip', 'global-agent'])
const runtimeFolder = 'bin/napi-v6'

const text = { type: 'string' } as const
const { platforms, pack, stage } = parseArgs({
  options: { platforms: text, pack: text, stage: { ...text, default: join('build', 'package') } },
}).values
rmSync(stage, { recursive: true, force: true })
for (const path of packedFiles()) place(path, join(stage, path))
const manifest = read('package.json')
const runtime = bundleRuntime(platforms?.split(','))
const dependencies = { ...manifest.dependencies, 'onnxruntime-node': runtime }
write(join(stage, 'package.json'), { ...without(manifest, ownFields), dependencies, bundleDependencies: ['onnxruntime-node'] })
if (pack !== undefined) {
  mkdirSync(pack, { recursive: true })
  npm(['pack', resolve(stage), '--pack-destination', pack, '--ignore-scripts'], 'inherit')
}

/** The files that `npm pack` would take, by the field `files`. */
function packedFiles(): readonly string[] {
  const [listed] = JSON.parse(npm(['pack', '--dry-run', '--json', '--ignore-scripts'], 'pipe')) as readonly [
    { readonly files: readonly { readonly path: string }[] },
  ]
  return listed.files.map(({ path }) => path)
}

/** Copies onnxruntime-node and its runtime files for the given platforms, or all. Returns its version. */
function bundleRuntime(only: readonly string[] | undefined): string {
  const runtimeManifest = read('node_modules/onnxruntime-node/package.json')
  const bundled = join(stage, 'node_modules', 'onnxruntime-node')
  for (const path of filesOf('node_modules/onnxruntime-node')) {
    const binary = path.startsWith(`${runtimeFolder}/`)
    const wanted = binary
      ? only === undefined || only.some(platform => path.startsWith(`${runtimeFolder}/${platform}/`))
      : /^(dist\/.*(\.js|\.d\.ts)|README\.md)$/.test(path)
    if (wanted) place(join('node_modules/onnxruntime-node', path), join(bundled, path))
  }
  const needed = without(runtimeManifest.dependencies, installOnly)
  write(join(bundled, 'package.json'), { ...without(runtimeManifest, ownFields), dependencies: needed })
  for (const name of Object.keys(needed)) {
    for (const path of filesOf(join('node_modules', name))) place(join('node_modules', name, path), join(stage, 'node_modules', name, path))
  }
  writeFileSync(join(stage, 'NOTICE'), notice(['onnxruntime-node', ...Object.keys(needed)]))
  return String(runtimeManifest['version'])
}

/** What the bundled packages are, and their license: the file in the package or, for MIT without one, the text that ONNX Runtime's sources have. */
function notice(names: readonly string[]): string {
  const parts = names.map(name => {
    const { version, license } = read(`node_modules/${name}/package.json`)
    const file = filesOf(`node_modules/${name}`).find(path => /^licen[cs]e(\.\w+)?$/i.test(path))
    if (file === undefined && license !== 'MIT') throw new Error(`${name} has no license file, and its license is ${String(license)}`)
    const text = readFileSync(file === undefined ? 'scripts/onnxruntime-license.txt' : join('node_modules', name, file), 'utf8')
    return `${name} ${String(version)}, below node_modules/${name} (part of ONNX Runtime, https://github.com/microsoft/onnxruntime):\n\n${text.trim()}\n`
  })
  return `This package contains other packages, each under its own license.\n\n${parts.join('\n')}`
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
}

/** Places a file by a hard link if possible, because the runtimes are large. */
function place(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  try {
    linkSync(from, to)
  } catch {
    cpSync(from, to)
  }
}

function read(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest
}

/** Writes a new file; an existing hard link is removed first, so that the original does not change. */
function write(path: string, content: object): void {
  rmSync(path, { force: true })
  writeFileSync(path, `${JSON.stringify(content, undefined, 2)}\n`)
}

function without(fields: Readonly<Record<string, unknown>>, names: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.has(name)))
}

function npm(args: readonly string[], stdout: 'pipe' | 'inherit'): string {
  return execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', stdout, 'inherit'] }) ?? ''
}
