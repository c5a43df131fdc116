import { type PmmlElement, clip } from '../document/index.ts'
import type { Expression } from '../expressions/index.ts'
import type { CompiledMining, CompiledModel, CompiledPart } from './compiled-model.ts'
import type { FromSegment } from './compiled-output.ts'
import type { ModelContext } from '../contract/index.ts'

/** Finds the source of an OutputField's value if that is not the result of the whole model. */
export class OutputSegments {
  readonly #context: ModelContext
  readonly #segments: CompiledMining['segments']
  /** Whether the results of all segments are results of the whole model. */
  readonly #all: boolean
  readonly #byId = new Map<string, number>()
  /** By predicted field: the segments whose result is, or can be, a result of the whole model. */
  readonly #byTarget = new Map<string, number[]>()
  /** The outputs of the segments by name; of several with the same name the first. */
  readonly #outputs = new Map<string, CompiledModel['outputs'][number]>()

  constructor(context: ModelContext, part: CompiledPart) {
    this.#context = context
    this.#segments = part.kind === 'mining' ? part.segments : []
    this.#all = part.kind === 'mining' && (part.method === 'multiModelChain' || part.method === 'selectAll')
    for (const [at, { id, isResult, model }] of this.#segments.entries()) {
      if (!this.#byId.has(id)) this.#byId.set(id, at)
      for (const output of model.outputs) if (!this.#outputs.has(output.name)) this.#outputs.set(output.name, output)
      const { targetName } = model
      if (targetName === undefined || !(isResult || this.#all)) continue
      const known = this.#byTarget.get(targetName)
      if (known === undefined) this.#byTarget.set(targetName, [at])
      else known.push(at)
    }
  }

  /**
   * The segment that the OutputField names, or the segments that predict the field that it names. undefined: it reads the result of the whole model.
   */
  of(element: PmmlElement): FromSegment | undefined {
    const [id, target] = [element.get('segmentId'), element.get('targetField')]
    if (id === undefined && (target === undefined || target === this.#context.targetName)) return undefined
    const named = id === undefined ? undefined : this.#named(element, id)
    const indices = named === undefined ? this.#byTarget.get(target ?? '') : [named]
    const model = this.#segments[indices?.[0] ?? -1]?.model
    if (indices === undefined || model === undefined || (target !== undefined && model.targetName !== target))
      element.fail(`has targetField="${clip(target ?? '')}", which its model does not predict`)
    return { indices, type: model.predictedType, ifResult: id === undefined && !this.#all }
  }

  /** The model of the first of these segments. */
  model({ indices }: FromSegment): CompiledModel {
    return this.#segments[indices[0] ?? 0]?.model as CompiledModel
  }

  /** The output of a segment, if the OutputField names that instead of a segment's result; otherwise undefined. */
  given(element: PmmlElement): Expression | undefined {
    const [id, target, feature] = [element.get('segmentId'), element.get('targetField'), element.get('feature') ?? 'predictedValue']
    const transformed = id !== undefined && (feature === 'transformedValue' || feature === 'decision')
    const name = transformed ? element.need('value') : feature === 'predictedValue' ? target : undefined
    if (name === undefined || (!transformed && this.#predicts(element, id, name))) return undefined
    const outputs = id === undefined ? undefined : this.#segments[this.#named(element, id)]?.model.outputs
    const output = outputs === undefined ? this.#outputs.get(name) : outputs.find(known => known.name === name)
    if (output === undefined && transformed) element.fail(`takes the value ${clip(name)}, which segment ${clip(id)} does not output`)
    if (output === undefined) return undefined
    const { slot, type } = output
    return this.#context.scope.compilation.bounded(element, { op: 'field', type, depth: 1, steps: 1, slot, mapMissingTo: NaN })
  }

  #named(element: PmmlElement, id: string): number {
    return this.#byId.get(id) ?? element.fail(`names the segment ${clip(id)}, which does not exist`)
  }

  #predicts(element: PmmlElement, id: string | undefined, target: string): boolean {
    if (id !== undefined) return this.#segments[this.#named(element, id)]?.model.targetName === target
    return target === this.#context.targetName || this.#byTarget.has(target)
  }
}
