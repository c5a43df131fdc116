import type { Source } from '../contract/index.ts'
import { type CompiledSource, Neighbors, Network } from '../elements/index.ts'

/** Makes the shared calculation of models of several fields ready to run. */
export function sourceOf(compiled: CompiledSource): Source {
  return compiled.kind === 'network' ? new Network(compiled) : new Neighbors(compiled)
}
