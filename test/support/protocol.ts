import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path/posix'
import { layers } from './layers.ts'

/** A request of Kafka's protocol that a file of ours sends by itself. */
export interface RequestHead {
  readonly apiKey: number
  readonly apiVersion: number
  readonly apiName: string
  /** Relative to the project. */
  readonly file: string
}

/** A request that kafkajs can send. */
export interface ClientRequest {
  readonly apiKey: number
  /** Kafka's name. */
  readonly apiName: string
  readonly versions: readonly number[]
}

/** Paths and texts of the sources that users get, without examples and benchmarks. */
export function productSources(project: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const folders = Object.keys(layers).filter(name => !name.includes('/') && !['examples', 'bench', 'proto'].includes(name))
  for (const folder of folders) {
    for (const name of readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, name)
      if (name.endsWith('.ts')) found.set(path, readFileSync(join(project, path), 'utf8'))
    }
  }
  return found
}

/**
 * The heads in a file: objects with `apiKey`, `apiVersion` and `apiName`, each a literal or a constant of the file. Throws for one that cannot be read:
 * a request that is not understood would be one that nobody checks.
 */
export function requestHeads(file: string, source: string): RequestHead[] {
  return [...source.matchAll(/\{[^{}]*\bapiName: '(\w+)'[^{}]*/g)].map(([object, apiName]) => {
    const number = (field: string): number => {
      const named = new RegExp(`\\b${field}(?:: (\\w+))?\\b`).exec(object)
      const value = named?.[1] ?? field
      const constant = new RegExp(`\\bconst ${value} = (\\d+)\\b`).exec(source)?.[1]
      if (named !== null && /^\d+$/.test(constant ?? value)) return Number(constant ?? value)
      throw new Error(`${file}: the ${field} of ${apiName} is neither a number nor a constant of the file`)
    }
    return { apiKey: number('apiKey'), apiVersion: number('apiVersion'), apiName: apiName as string, file }
  })
}

/** What kafkajs' sources can send. */
export function clientRequests(): ClientRequest[] {
  const require = createRequire(import.meta.url)
  const keys = require('kafkajs/src/protocol/requests/apiKeys.js') as Readonly<Record<string, number>>
  const { requests } = require('kafkajs/src/protocol/requests/index.js') as {
    readonly requests: Readonly<Record<string, { readonly versions: readonly string[] }>>
  }
  return Object.entries(requests)
    .filter(([, { versions }]) => versions.length > 0)
    .map(([name, { versions }]) => ({
      apiKey: keys[name] as number,
      // Its name before Kafka 0.11.
      apiName: name === 'GroupCoordinator' ? 'FindCoordinator' : name,
      versions: versions.map(Number),
    }))
}
