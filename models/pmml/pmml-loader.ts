import type { FormatLoader } from '../format-loader.ts'
import type { ModelSource } from '../model.ts'
import { type CompiledPmml, compilePmml } from './compile-pmml.ts'
import { isPmml } from './document/index.ts'
import { unboundedBecause } from './pmml-bounds.ts'
import { loadPmmlModel, pmmlModel } from './pmml-model.ts'

interface Compiled {
  readonly document: CompiledPmml
  readonly output: string | undefined
}

/** PMML documents, 3.0 to 4.4. */
export const formatLoader: FormatLoader = {
  module: import.meta.url,
  detect: isPmml,
  load: loadPmmlModel,
  compile: async ({ bytes, output }: ModelSource): Promise<Compiled> => ({ document: compilePmml(bytes), output }),
  unbounded: compiled => unboundedBecause((compiled as Compiled).document),
  construct: async compiled => pmmlModel((compiled as Compiled).document, (compiled as Compiled).output),
}
