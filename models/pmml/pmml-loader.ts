import type { FormatLoader } from '../format-loader.ts'
import type { ModelSource } from '../model.ts'
import type { CompiledPmml } from './compile-pmml.ts'
import { isPmml } from './detect-pmml.ts'

interface Compiled {
  readonly document: CompiledPmml
  readonly output: string | undefined
}

/** PMML documents, 3.0 to 4.4. What evaluates them is loaded with the first one. */
export const formatLoader: FormatLoader = {
  module: import.meta.url,
  detect: isPmml,
  load: async source => (await import('./pmml-model.ts')).loadPmmlModel(source),
  compile: async ({ bytes, output }: ModelSource): Promise<Compiled> => {
    const { compilePmml } = await import('./compile-pmml.ts')
    return { document: compilePmml(bytes), output }
  },
  unbounded: async compiled => (await import('./pmml-bounds.ts')).unboundedBecause((compiled as Compiled).document),
  construct: async compiled => {
    const { document, output } = compiled as Compiled
    return (await import('./pmml-model.ts')).pmmlModel(document, output)
  },
}
