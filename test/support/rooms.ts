import { dirname, join, normalize } from 'node:path/posix'
import { importsOf } from './layers.ts'

/**
 * Every folder with sources, from the top floor to the ground: a file imports only from its own room, from the folders around its own, and from rooms
 * further down. `.` is the package's own entry.
 */
export const rooms: readonly string[] = [
  'bench/life',
  'bench/architectures',
  'examples/architectures',
  'examples/canary',
  'examples/heater',
  'examples/rendezvous',
  'examples/speculative',
  'examples/word-count',
  'examples',
  '.',
  'scripts/options',
  'scripts',
  'bench/neighbour',
  'bench/rest',
  'bench/partitions',
  'bench/recovery',
  'bench/models',
  'bench/chaos',
  'bench/echo',
  'bench/chaos/faults',
  'bench/chaos/network',
  'bench',
  'cli/demo',
  'cli/commands',
  'cli/recording',
  'cli/explain',
  'cli/score',
  'cli/serve',
  'cli/config',
  'cli/kafka',
  'cli',
  'examples/wine',
  'instance/controls',
  'instance',
  'rest/inference',
  'rest/routes',
  'rest/queries',
  'rest/middleware',
  'rest/http',
  'rest/hops',
  'rest/options',
  'rest',
  'serving/lineage',
  'serving/publishing',
  'serving/composite',
  'serving/speculative',
  'serving/routing',
  'serving/policies',
  'serving/options',
  'serving/deciders',
  'serving',
  'control',
  'topology/runtime/threads',
  'topology/runtime/failover',
  'topology/runtime/queries',
  'topology/runtime/tasks',
  'topology/runtime/commit',
  'topology/runtime/state',
  'topology/runtime/metrics',
  'topology/runtime/group',
  'topology/runtime/topics',
  'topology/runtime/config',
  'topology/runtime/kafka/transactions',
  'topology/runtime/kafka/kafkajs-mends',
  'topology/runtime/kafka/wire',
  'topology/runtime/kafka/codecs',
  'topology/runtime/kafka/oauth',
  'topology/runtime/kafka',
  'topology/runtime',
  'topology/nodes',
  'topology/output',
  'topology/metrics',
  'topology',
  'stores/models',
  'stores/versioned',
  'stores/rows',
  'stores',
  'models/pmml/mining',
  'models/pmml/elements',
  'models/pmml/trees',
  'models/pmml/contract',
  'models/pmml/expressions',
  'models/pmml/document',
  'models/pmml',
  'models/guard',
  'models/code',
  'models/tensorflow/ops',
  'models/tensorflow/graph',
  'models/tensorflow',
  'models/service',
  'models/onnx/bounds',
  'models/onnx/flow',
  'models/onnx/proto',
  'models/onnx',
  'models/signing',
  'models/files',
  'models/sources',
  'models',
  'records/registry',
  'records',
  'proto',
  'base/limits',
  'base/options',
  'base',
]

/** The room of a file; its path is relative to the project, with slashes. */
export function roomOf(path: string): string {
  return dirname(path)
}

/** Whether one folder is in the other. */
function encloses(outer: string, inner: string): boolean {
  return outer === '.' ? false : inner.startsWith(`${outer}/`)
}

/** The files of the project that a file imports, as paths. */
export function filesImportedBy(path: string, source: string): string[] {
  return [...importsOf(source.replaceAll(/\/\*[^*\n]*\*\//g, '')), ...required(source)].flatMap(specifier => {
    if (specifier.startsWith('.')) return [normalize(join(dirname(path), specifier))]
    // The package by its own name, and a path from the root, are the project too.
    if (specifier === 'sluice') return ['index.ts']
    if (specifier.startsWith('sluice/')) return [`${specifier.slice('sluice/'.length)}.ts`]
    return specifier.startsWith('/') ? [specifier.slice(1)] : []
  })
}

/** Relative files that a `require` of the source's own making loads, or that a reference names. */
function required(source: string): string[] {
  if (!/\bcreateRequire\b|^\/\/\/ *<reference/m.test(source)) return []
  const named = /(?:\)|\b\w+)\(\s*['"](\.[^'"\n]*\.[cm]?[jt]s)['"]\s*\)|^\/\/\/ *<reference path="([^"\n]+)"/gm
  return [...source.matchAll(named)].map(([, loaded, referred]) => (loaded ?? referred) as string)
}

/** What a file imports against the order of the rooms, a sentence each. */
export function climbsOf(path: string, source: string): string[] {
  const room = roomOf(path)
  const floor = rooms.indexOf(room)
  if (floor < 0) return [`${path} is in ${room}, which is no room: add it to the list, where it belongs`]
  return filesImportedBy(path, source).flatMap(target => {
    const other = roomOf(target)
    if (other === room || encloses(other, room) || encloses(room, other)) return []
    return rooms.indexOf(other) > floor ? [] : [`${path} imports ${target}, upwards: ${room} → ${other}`]
  })
}

/**
 * What a file imports past a room's door, a sentence each: from outside of a room only its `index.ts` is imported. Imports that are evaluated later
 * (`import()`, a worker's module) may name a file: what they load is not loaded with the door.
 */
export function wallsOf(path: string, source: string): string[] {
  const room = roomOf(path)
  return staticImportsOf(path, source).flatMap(target => {
    const other = roomOf(target)
    const isInside = other === room || other === '.' || encloses(other, room)
    return isInside || target.endsWith('/index.ts') || doorless.has(target) ? [] : [`${path} imports ${target}, past ${other}/index.ts`]
  })
}

/** The generated messages are their room. */
const doorless: ReadonlySet<string> = new Set(['proto/messages.js', 'proto/state-messages.js'])

/** The files that are evaluated before a file is. */
function staticImportsOf(path: string, source: string): string[] {
  // Types are no exception: `import('x').Name` and `typeof import('x')`.
  const later = /(?<!\btypeof\s+)\bimport\s*\(\s*['"`][^'"`\n]+['"`]\s*\)(?!\.[A-Z])|\bnew URL\([^)]*\)/g
  return filesImportedBy(path, source.replace(later, ''))
}

/** The circles among files that import each other, types included; each with its files in the order of their names. */
export function circlesOf(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const state = new Map<string, { index: number; low: number; open: boolean }>()
  const stack: string[] = []
  const found: string[][] = []
  const visit = (file: string): { index: number; low: number; open: boolean } => {
    const own = { index: state.size, low: state.size, open: true }
    state.set(file, own)
    stack.push(file)
    for (const target of imports.get(file) ?? []) {
      if (!imports.has(target)) continue
      const other = state.get(target) ?? visit(target)
      if (other.open) own.low = Math.min(own.low, other.low)
    }
    if (own.low === own.index) {
      const circle = stack.splice(stack.indexOf(file))
      for (const member of circle) state.get(member)!.open = false
      if (circle.length > 1) found.push(circle.toSorted())
    }
    return own
  }
  for (const file of imports.keys()) if (!state.has(file)) visit(file)
  return found
}
