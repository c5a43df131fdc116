import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { loadMendedKafkajs } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'

const require = createRequire(import.meta.url)
const root = dirname(require.resolve('kafkajs/package.json'))

/** A module of kafkajs as it comes, beside the mended ones: from a module cache of its own. */
export function plainModule(path: string): unknown {
  const own = (name: string): boolean => name.startsWith(root)
  const aside = new Map<string, NodeJS.Module>()
  const sweep = (into?: Map<string, NodeJS.Module>): void => {
    for (const [name, cached] of Object.entries(require.cache)) {
      if (!own(name) || !cached) continue
      into?.set(name, cached)
      delete require.cache[name]
    }
  }
  sweep(aside)
  try {
    return require(join(root, path))
  } finally {
    sweep()
    for (const [name, cached] of aside) require.cache[name] = cached
  }
}

/** A module of kafkajs as the project runs it. */
export function mendedModule(path: string): unknown {
  loadMendedKafkajs()
  return require(join(root, path))
}
