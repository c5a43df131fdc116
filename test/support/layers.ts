import { dirname, join, normalize } from 'node:path/posix'

/** A folder of the project and what its files may never import, besides the layers to its right. */
interface Layer {
  /** Folders with one rank do not import each other. */
  readonly rank: number
  readonly never?: readonly RegExp[]
}

const http = /^(node:)?https?$/
const kafkajs = /^kafkajs(\/|$)/
const level = /^(level|classic-level|abstract-level)(\/|$)/
const onnxruntime = /^onnxruntime-/

/** Each layer imports itself and those of a lower rank. A folder's rules hold for the folders in it that have none of their own. */
export const layers: Readonly<Record<string, Layer>> = {
  base: { rank: 0, never: [http] },
  proto: { rank: 0, never: [http] },
  records: { rank: 1, never: [http] },
  // A schema registry is asked over HTTP.
  'records/registry': { rank: 1.5 },
  models: { rank: 2 },
  stores: { rank: 2, never: [http] },
  topology: { rank: 3, never: [http] },
  'topology/runtime': { rank: 4, never: [http] },
  // A token endpoint is asked: the one thing that a Kafka client has over HTTP.
  'topology/runtime/kafka/oauth': { rank: 2 },
  control: { rank: 4, never: [http, onnxruntime, kafkajs] },
  serving: { rank: 5, never: [http, onnxruntime, kafkajs] },
  rest: { rank: 6, never: [level, kafkajs] },
  instance: { rank: 7, never: [level, kafkajs, onnxruntime] },
  cli: { rank: 8 },
  examples: { rank: 8 },
  bench: { rank: 8 },
}

/** Packages that one folder alone imports. `loader`: the one file that may load the package; all others import its types alone. */
export const packageHomes: readonly { readonly package: RegExp; readonly home: string; readonly loader?: string }[] = [
  { package: kafkajs, home: 'topology/runtime', loader: 'topology/runtime/kafka/kafkajs-mends/kafkajs-modules.ts' },
  { package: level, home: 'stores' },
  { package: onnxruntime, home: 'models/onnx' },
  { package: /^@datadog\/sketches-js$/, home: 'stores/models' },
  { package: /^protobufjs(\/|$)/, home: 'records' },
  { package: /^@sigstore\//, home: 'models/signing' },
  { package: /^(koa|@koa\/router)(\/|$)/, home: 'rest' },
]

/** Layers that may read the environment: settings are resolved once, there. */
const readsEnvironment = 8
/** Sets a variable for native code, and reads none. */
const setsEnvironment = 'models/onnx/no-telemetry.ts'

/** Layers that ask the world through `env`. What .oxlintrc.json cannot say of them: a date without an argument is that of now. */
const inEnv = new Set(['base', 'topology', 'topology/runtime', 'topology/runtime/kafka/oauth', 'stores', 'control', 'serving'])

/** What a file does against the layers, a sentence each. `path` is relative to the project, with slashes. */
export function violationsOf(path: string, source: string): string[] {
  const layer = layerOf(path)
  if (layer === undefined) return []
  const found = importsOf(source).flatMap(specifier => judgeImport(path, layer, specifier))
  const { rank } = layers[layer]!
  const loaded = valueImportsOf(source)
  for (const { package: name, loader } of packageHomes) {
    if (loader === undefined || path === loader) continue
    for (const specifier of loaded.filter(each => name.test(each))) found.push(`${path} loads ${specifier}, which ${loader} alone may`)
  }
  if (
    rank < readsEnvironment &&
    path !== setsEnvironment &&
    /\bprocess\s*(\?\.|\.)\s*env\b|\benv\b[^;\n]*from 'node:process'/.test(code(source))
  )
    found.push(`${path} reads process.env`)
  if (inEnv.has(layer) && path !== 'base/env.ts' && /\bnew Date(\(\s*\)|\s*[;,)\]}\n])|(?<!new )\bDate\(/.test(code(source)))
    found.push(`${path} asks the clock: new Date(env.now())`)
  return found
}

function judgeImport(path: string, layer: string, specifier: string): string[] {
  const { rank, never = [] } = layers[layer]!
  if (specifier.startsWith('.')) {
    const target = layerOf(normalize(join(dirname(path), specifier)))
    if (target === undefined || target === layer) return []
    return layers[target]!.rank < rank || rank === readsEnvironment ? [] : [`${path} imports ${specifier}: ${layer} → ${target}`]
  }
  const found = never.some(name => name.test(specifier)) ? [`${path} imports ${specifier}, which ${layer} must not know`] : []
  for (const { package: name, home } of packageHomes) {
    if (name.test(specifier) && !path.startsWith(`${home}/`)) found.push(`${path} imports ${specifier}, which belongs to ${home} alone`)
  }
  return found
}

/** The longest folder with rules that a path is in. */
export function layerOf(path: string): string | undefined {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    if (folder in layers) return folder
  }
  return undefined
}

const importForms: readonly RegExp[] = [
  // import … from, import type … from, export … from
  /(?:^|[\s;}])(?:import|export)\b[^'"`]*?\bfrom\s*['"]([^'"\n]+)['"]/g,
  // import 'x'
  /(?:^|[\s;}])import\s*['"]([^'"\n]+)['"]/g,
  // import('x'), also as a type; require('x'), require.resolve('x'), import.meta.resolve('x')
  /\b(?:import|require)(?:\.meta)?(?:\.resolve)?\s*\(\s*['"`]([^'"`\n]+)['"`]/g,
  // a worker's module
  /\bnew URL\(\s*['"`](\.[^'"`\n]+)['"`],\s*import\.meta/g,
]

/** Every module that a source names: static, type, dynamic, re-export, require, worker. */
export function importsOf(source: string): string[] {
  const text = code(source)
  return importForms.flatMap(form => [...text.matchAll(form)].map(([, specifier]) => specifier!))
}

/** Where a source names a module for its types alone: as a declaration, or `import('x')` in a type. */
const typeImports: readonly RegExp[] = [
  /(?:^|[\s;}])(?:import|export)\s+type\b[^'"`]*?\bfrom\s*['"][^'"\n]+['"]/g,
  /\btypeof\s+import\s*\(\s*['"][^'"\n]+['"]\s*\)/g,
  /\bimport\s*\(\s*['"][^'"\n]+['"]\s*\)\.[A-Z]/g,
]

/** Every module that a source loads when it runs. */
export function valueImportsOf(source: string): string[] {
  return importsOf(typeImports.reduce((text, form) => text.replaceAll(form, ' '), code(source)))
}

/** The source without the lines that are comments. */
function code(source: string): string {
  return source
    .split('\n')
    .filter(line => !/^\s*(\/\/|\/\*|\*)/.test(line))
    .join('\n')
}
