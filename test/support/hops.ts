import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path/posix'
import { importsOf } from './layers.ts'

/** One line of a table of hops in docs/architecture.md: `| 12 | 11, Processor | [data-processor.ts](../serving/data-processor.ts) | processBatch | … |`. */
export interface Hop {
  readonly number: number
  /** Number of the hop whose file makes the call; undefined: something outside of the project makes it. */
  readonly by: number | undefined
  /** The interface that the caller knows the file by: a callback. `outside`: a package, the network or a pipe lies between. */
  readonly through: { readonly name: string; readonly file: string } | 'outside' | undefined
  /** Relative to the project. */
  readonly file: string
  /** The function or method that is called. */
  readonly call: string
}

/** The sources by path, relative to the project; undefined where there is none. */
export type Sources = (path: string) => string | undefined

export function sourcesBelow(project: string): Sources {
  const known = new Map<string, string | undefined>()
  return path => {
    if (!known.has(path)) known.set(path, existsSync(join(project, path)) ? readFileSync(join(project, path), 'utf8') : undefined)
    return known.get(path)
  }
}

/** The hops of a chapter's table. Throws for a line that is none. */
export function hopsOf(chapter: string): readonly Hop[] {
  const lines = chapter.split('\n').filter(line => /^\| *\d/.test(line))
  return lines.map(line => {
    const [, number, by = '', file = '', call = ''] = line.split('|').map(cell => cell.trim())
    const caller = /^(?:(\d+)(?:, (outside|\[`\w+`\]\([^)]+\)))?|–)$/.exec(by)
    const [target, method] = [/\]\(\.\.\/([^)]+)\)/.exec(file)?.[1], /^`([#\w]+)`$/.exec(call)?.[1]]
    if (caller === null || target === undefined || method === undefined) throw new Error(`no hop: ${line}`)
    const [, name, declared = ''] = /^\[`(\w+)`\]\(\.\.\/([^)]+)\)$/.exec(caller[2] ?? '') ?? []
    return {
      number: Number(number),
      by: caller[1] === undefined ? undefined : Number(caller[1]),
      through: name === undefined ? (caller[2] === 'outside' ? 'outside' : undefined) : { name, file: declared },
      file: target,
      call: method,
    }
  })
}

/**
 * What is not as the code has it, a sentence each. The hops are the calls in the order in which they happen:
 * 1. every file is there, and has a function of the name that is called;
 * 2. whoever calls is still under way: it is the hop before, or one of those that have led to that;
 * 3. a plain call: the caller imports the file, itself or through an index, and calls that name; the file does not import the caller, whatever
 *    lies between;
 * 4. a callback: the interface declares the name, the caller knows the interface by its imports, the file imports it itself, and the caller
 *    does not import the file;
 * 5. two calls of one hop that stand in one function stand there in this order, in one such function at least.
 */
export function wrongHops(hops: readonly Hop[], sources: Sources): string[] {
  const wrong: string[] = []
  const byNumber = new Map(hops.map(hop => [hop.number, hop]))
  let under: number[] = []
  for (const [at, hop] of hops.entries()) {
    const { number, by, file, call } = hop
    if (number !== at + 1) wrong.push(`hop ${number} is the ${at + 1}th of its table`)
    const source = sources(file)
    if (source === undefined) wrong.push(`hop ${number}: there is no ${file}`)
    else if (!defines(source, call)) wrong.push(`hop ${number}: ${file} has no ${call}`)
    if (by === undefined) under = []
    else if (!under.includes(by)) wrong.push(`hop ${number}: hop ${by}, which is to call ${file}, has ended before`)
    else under = under.slice(0, under.indexOf(by) + 1)
    under.push(number)
    const caller = byNumber.get(by ?? -1)
    if (caller !== undefined && source !== undefined) wrong.push(...wrongCall(caller, hop, sources))
  }
  return [...wrong, ...wrongOrders(hops, sources)]
}

function wrongCall({ file: caller }: Hop, { number, file, call, through }: Hop, sources: Sources): string[] {
  if (through === 'outside' || caller === file) return []
  const source = sources(caller) ?? ''
  const wrong: string[] = []
  if (!(callsOf(source, call) >= 0)) wrong.push(`hop ${number}: ${caller} calls no ${call}`)
  if (through === undefined) {
    if (!importedFiles(caller, sources).has(file)) wrong.push(`hop ${number}: ${caller} does not import ${file}`)
    if (reach(file, sources).has(caller)) wrong.push(`hop ${number}: ${file} imports ${caller}, which is to call it`)
    return wrong
  }
  const declared = bodyOf(sources(through.file) ?? '', new RegExp(`^export interface ${through.name}\\b`, 'm'))
  const inherited = /^export interface \w+ extends [^{]+/m.exec(declared ?? '')?.[0] ?? ''
  if (declared === undefined || !(new RegExp(`^ +${call}\\??(?:<[^(]*>)?\\(`, 'm').test(declared) || inherited !== ''))
    wrong.push(`hop ${number}: ${through.file} has no interface ${through.name} with ${call}`)
  if (caller !== through.file && !reach(caller, sources).has(through.file))
    wrong.push(`hop ${number}: ${caller} does not know ${through.file}`)
  if (!importedFiles(file, sources).has(through.file)) wrong.push(`hop ${number}: ${file} does not import ${through.file}`)
  if (importedFiles(caller, sources).has(file)) wrong.push(`hop ${number}: ${caller} imports ${file}: it is no callback`)
  return wrong
}

/** Calls of one hop that a function of its file makes the other way round. */
function wrongOrders(hops: readonly Hop[], sources: Sources): string[] {
  return hops.flatMap(({ number, file, call }) => {
    const caller = hops.find(hop => hop.number === number)
    const calls = hops.filter(hop => hop.by === number && hop.through !== 'outside')
    if (caller === undefined || calls.length < 2) return []
    const bodies = functionsOf(sources(file) ?? '')
    return calls.slice(1).flatMap((later, at) => {
      const before = calls[at] as Hop
      if (before.call === later.call) return []
      const places = bodies.map(body => [callsOf(body, before.call), callsOf(body, later.call)] as const)
      const both = places.filter(([first, second]) => first >= 0 && second >= 0)
      const held = both.length === 0 || both.some(([first, second]) => first < second)
      return held ? [] : [`hop ${later.number}: ${file} calls ${later.call} before ${before.call} (hop ${number}, ${call})`]
    })
  })
}

function defines(source: string, name: string): boolean {
  return new RegExp(
    `^ *(?:export |default |async |static |private |readonly )*(?:function\\*? |const )?${name}(?:<[^(]*>)?(?:\\(|: | = )`,
    'm',
  ).test(withoutCalls(source))
}

/** Lines that are whole calls, as `close()`, define nothing. */
function withoutCalls(source: string): string {
  return source
    .split('\n')
    .filter(line => !/^ *[#\w]+\([^{]*\)$/.test(line) || /\): /.test(line))
    .join('\n')
}

/** Where the name is called for the first time; -1: nowhere. */
function callsOf(source: string, name: string): number {
  return source.search(new RegExp(`(?:[.!?]|\\b(?:await|return|of) |[(=>] ?|^ *)${name}(?:<[^(]*>)?(?:\\?\\.)?\\(`, 'm'))
}

/** The bodies of a source's functions and methods. */
function functionsOf(source: string): string[] {
  const heads = [...source.matchAll(/^( {2})?(?! )(?:export |async |static |get )*(?:function )?[#\w*]+\(.*\{$/gm)]
  return heads.flatMap(({ index, 1: indent = '' }) => {
    const end = source.indexOf(`\n${indent}}\n`, index)
    return end < 0 ? [] : [source.slice(index, end)]
  })
}

function bodyOf(source: string, head: RegExp): string | undefined {
  const at = source.search(head)
  return at < 0 ? undefined : source.slice(at, source.indexOf('\n}\n', at))
}

/** The files that a file imports itself. What it takes from an index counts as imported from where the index has it. */
function importedFiles(file: string, sources: Sources): ReadonlySet<string> {
  const found = new Set(targetsOf(file, sources))
  const open = [{ file, names: undefined as ReadonlySet<string> | undefined }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { names, from } of takings(sources(next.file) ?? '')) {
      const target = normalize(join(dirname(next.file), from))
      const asked = next.names
      const taken = asked === undefined ? names : new Set([...asked].filter(name => names === undefined || names.has(name)))
      if (taken?.size === 0) continue
      found.add(target)
      if (target.endsWith('/index.ts')) open.push({ file: target, names: taken })
    }
  }
  return found
}

/** What a source imports or gives on by name; undefined: everything. */
function takings(source: string): { readonly names: ReadonlySet<string> | undefined; readonly from: string }[] {
  const statements = source.matchAll(/^(?:import|export) (?:type )?(?:\{([^}]*)\}|[^'"{]*) from '(\.[^']+)'/gm)
  return [...statements].map(([, list, from]) => ({
    names:
      list === undefined
        ? undefined
        : new Set(
            list.split(',').map(
              name =>
                name
                  .replace(/\btype /, '')
                  .trim()
                  .split(' as ')
                  .at(-1) ?? '',
            ),
          ),
    from: from as string,
  }))
}

/** All that a file imports, whatever lies between. */
function reach(file: string, sources: Sources): ReadonlySet<string> {
  const found = new Set<string>()
  const open = [file]
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const target of targetsOf(next, sources)) {
      if (found.has(target)) continue
      found.add(target)
      open.push(target)
    }
  return found
}

const known = new WeakMap<Sources, Map<string, readonly string[]>>()

/** Relative to the project. */
function targetsOf(file: string, sources: Sources): readonly string[] {
  const targets = known.get(sources) ?? new Map<string, readonly string[]>()
  known.set(sources, targets)
  let found = targets.get(file)
  if (found === undefined) {
    found = importsOf(sources(file) ?? '')
      .filter(specifier => specifier.startsWith('.'))
      .map(specifier => normalize(join(dirname(file), specifier)))
    targets.set(file, found)
  }
  return found
}
