import type { Source } from '../contract/evaluator.ts'
import type { CompiledSource } from '../elements/compiled-model.ts'
import { Neighbors } from '../elements/nearest-neighbor-evaluator.ts'
import { Network } from '../elements/neural-network-evaluator.ts'

/** What the models of several fields make their results of, ready to run. */
export function sourceOf(compiled: CompiledSource): Source {
  return compiled.kind === 'network' ? new Network(compiled) : new Neighbors(compiled)
}
