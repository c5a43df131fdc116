import { checkedOptions, completeOptions, kindOf, optional, required } from '../../../base/options/index.ts'
import { messageOf, SluiceError } from '../../../base/index.ts'
import { isTopology, Topology } from '../../topology.ts'

/**
 * A topology for worker threads: the module that builds it. Its `createTopology` (or default export) is called with the options, once in
 * each thread and once in the main thread, which looks at the stores and topics only; it gives the same topology each time.
 */
export interface TopologyModule {
  /** Where the module is: `new URL('./wine-topology.js', import.meta.url)`. */
  readonly module: URL
  /** Plain data: it is cloned into each thread. */
  readonly options?: unknown
}

const moduleOptions = {
  module: required(
    {
      ...kindOf<URL>('URL', 'a URL object, such as new URL("./topology.js", import.meta.url)', value => value instanceof URL),
      copy: value => (value instanceof URL ? new URL(value.href) : value),
    },
    'URL of the module',
  ),
  options: optional(
    kindOf<unknown>('unknown', 'plain data', () => true),
    "argument of the module's function",
  ),
} as const

/** The topology, or what was said of the module that builds it. Throws CONFIG_INVALID for anything else. */
export function topologySource(source: unknown): Topology | TopologyModule {
  if (isTopology(source, 'CONFIG_INVALID')) return source
  const { module, options } = completeOptions(moduleOptions, checkedOptions({ of: 'the topology module' }, moduleOptions, source))
  return options === undefined ? { module } : { module, options }
}

/** Throws CONFIG_INVALID when the module cannot be loaded or does not build a topology. */
export async function loadTopology(module: string, options: unknown): Promise<Topology> {
  const refuse = (what: string, cause?: unknown): SluiceError =>
    new SluiceError('CONFIG_INVALID', `topology module ${module} ${what}`, { cause })
  let exported: Record<string, unknown>
  try {
    exported = (await import(module)) as Record<string, unknown>
  } catch (error) {
    throw refuse(`cannot be loaded: ${messageOf(error)}`, error)
  }
  const create = exported['createTopology'] ?? exported['default']
  if (typeof create !== 'function') throw refuse('exports neither createTopology nor a default function')
  const topology = (await (create as (options: unknown) => unknown)(options)) as Partial<Topology> | undefined
  if (typeof topology?.build !== 'function') throw refuse('did not return a Topology')
  if (topology instanceof Topology && !isTopology(topology, 'CONFIG_INVALID')) throw refuse('did not return a Topology')
  return topology as Topology
}
