import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { inspect } from 'node:util'

const require = createRequire(import.meta.url)
const root = dirname(require.resolve('kafkajs/package.json'))

/** The modules of kafkajs that this process has loaded as every program does. */
export function loadedByAll(): string[] {
  return Object.keys(require.cache)
    .filter(path => path.startsWith(root))
    .map(path => relative(root, path))
}

/** `functionsOf` of each module of kafkajs, as a program gets it that requires it. Loads every module. */
export function functionsOfAll(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.js'))
      .sort()
      .map(path => [path, functionsOf(require(join(root, 'src', path)))]),
  )
}

/** A hash of what a module exports: each function's source, those of prototypes and in objects too, and each plain value. */
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

/** An object is told by its properties. */
function sourceOf(value: unknown): string {
  if (typeof value === 'function') return Function.prototype.toString.call(value)
  return typeof value === 'object' ? 'object' : inspect(value)
}
