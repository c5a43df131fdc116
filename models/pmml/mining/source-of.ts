import type { Source } from '../contract/index.ts'
import { type CompiledSource, Neighbors, Network } from '../elements/index.ts'

/** What the models of several fields make their results of, ready to run. */
export function sourceOf(compiled: CompiledSource): Source {
  return compiled.kind === 'network' ? new Network(compiled) : new Neighbors(compiled)
}
