import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { inspect } from 'node:util'

const require = createRequire(import.meta.url)
const root = dirname(require.resolve('kafkajs/package.json'))

/** The modules of kafkajs in Node's module cache of this process. */
export function loadedByAll(): string[] {
  return Object.keys(require.cache)
    .filter(path => path.startsWith(root))
    .map(path => relative(root, path))
}

/** `functionsOf` of each module of kafkajs as programs require it. Loads every module. */
export function functionsOfAll(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.js'))
      .sort()
      .map(path => [path, functionsOf(require(join(root, 'src', path)))]),
  )
}

/** A hash of the exports of a module: the source of each function, also of prototypes and within objects, and each plain value. */
export function functionsOf(exported: unknown): string {
  const hash = createHash('sha1')
  const seen = new Set<unknown>()
  const add = (name: string, value: unknown): void => {
    hash.update(`${name} ${sourceOf(value)}\n`)
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return
    seen.add(value)
    for (const key of Reflect.ownKeys(value)) {
      for (const part of Object.values(Object.getOwnPropertyDescriptor(value, key) ?? {})) add(`${name}.${String(key)}`, part)
    }
  }
  add('exports', exported)
  return hash.digest('hex')
}

/** Objects are hashed by their properties. */
function sourceOf(value: unknown): string {
  if (typeof value === 'function') return Function.prototype.toString.call(value)
  return typeof value === 'object' ? 'object' : inspect(value)
}
