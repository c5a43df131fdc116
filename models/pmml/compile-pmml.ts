import type { CompiledModel } from './elements/index.ts'
import { addDerivedFields, compileModel, modelNames, shownSegments } from './mining/index.ts'
import { type PmmlElement, type DataType, isTarget, targetNames, parsePmml, formatValue } from './document/index.ts'
import {
  type Functions,
  type LazySlot,
  type InputField,
  type FieldDefinition,
  Compilation,
  Scope,
  fieldDefinition,
  treatment,
} from './expressions/index.ts'

/** A compiled PMML document: plain data (typed arrays, maps and objects) that another process can make and send. */
export interface CompiledPmml {
  /** The texts that the model uses, by symbol. */
  readonly texts: readonly string[]
  readonly inputs: readonly InputField[]
  /** By slot; the inputs come first. */
  readonly slots: readonly (LazySlot | undefined)[]
  readonly functions: Functions
  readonly model: CompiledModel
  /** The label of each class. */
  readonly labels: readonly string[]
  /** The outputs besides the prediction. */
  readonly outputs: readonly GivenOutput[]
}

/** An output besides the prediction. */
export interface GivenOutput {
  readonly name: string
  readonly slot: number
  readonly type: DataType
  /** For an output of a chain's segment: the path of nested segments. It is shown only if their result is that of the whole model. */
  readonly within: readonly number[]
}

/** Compiles a document. Throws SluiceError MODEL_LOAD_FAILED, which names the element and its line, or MODEL_TOO_LARGE. */
export function compilePmml(bytes: Uint8Array): CompiledPmml {
  const root = parsePmml(bytes)
  const element = root.all(...modelNames).find(model => model.flag('isScorable', true)) ?? root.needChild(...modelNames)
  const compilation = new Compilation()
  const { dataFields, definitions, symbols } = compilation
  for (const field of root.needChild('DataDictionary').all('DataField')) {
    const definition = fieldDefinition(field, symbols)
    if (dataFields.has(definition.name)) field.fail('has the name of another field')
    dataFields.set(definition.name, definition)
  }
  const dictionary = root.child('TransformationDictionary')
  for (const definition of dictionary?.all('DefineFunction') ?? []) definitions.set(definition.need('name'), definition)
  const scope = new Scope(compilation)
  addInputs(element, scope)
  addDerivedFields(dictionary, scope)
  const model = compileModel(element, { around: scope, target: undefined, outermost: true })
  return {
    texts: symbols.texts,
    inputs: compilation.inputs,
    slots: compilation.slots,
    functions: compilation.functions,
    model,
    labels: model.classes.values.map(value => formatValue(model.classes.type, value, symbols)),
    outputs: finalOutputs(model),
  }
}

/** Gives the fields of the model's MiningSchema the first slots, used or not, so that a record's values are adjacent. */
function addInputs(element: PmmlElement, scope: Scope): void {
  const { compilation } = scope
  const residuals = residualTargets(element)
  for (const mining of element.needChild('MiningSchema').all('MiningField')) {
    const name = mining.need('name')
    // A record's value of a target is an input only if a residual compares the prediction with it.
    if (isTarget(mining) && !residuals.has(name)) continue
    const definition: FieldDefinition =
      compilation.dataFields.get(name) ?? mining.fail(`names the field ${name.slice(0, 80)}, which is not in the DataDictionary`)
    const slot = compilation.addSlot()
    const given = treatment(mining, definition, compilation.symbols)
    const input: InputField = { name, slot, type: definition.type, treatment: given, required: false, used: false }
    if (scope.has(name)) mining.fail('names a field twice')
    compilation.inputs.push(input)
    scope.add(name, () => {
      input.used = true
      input.required = given.refusesMissing
      return { slot, type: definition.type, depth: 0, definition }
    })
  }
}

/** The targets that an OutputField compares the prediction with. */
function residualTargets(element: PmmlElement): ReadonlySet<string | undefined> {
  const fields = element.child('Output')?.all('OutputField') ?? []
  const [first] = targetNames(element)
  return new Set(fields.filter(field => field.get('feature') === 'residual').map(field => field.get('targetField') ?? first))
}

/** Lists the segments' outputs before the model's own. Of outputs with the same name the first counts; with selectAll the segment's id is added. */
function finalOutputs(model: CompiledModel): GivenOutput[] {
  const { part } = model
  const outputs: GivenOutput[] = []
  const names = new Set<string>()
  const add = (output: GivenOutput, name = output.name): void => {
    if (names.has(name)) return
    names.add(name)
    outputs.push({ ...output, name })
  }
  const shown = part.kind === 'mining' ? shownSegments(part) : []
  const all = part.kind === 'mining' && (part.method === 'selectAll' || part.method === 'multiModelChain')
  // They are the last ones.
  const first = part.kind === 'mining' ? part.segments.length - shown.length : 0
  for (const [at, segment] of shown.entries()) {
    for (const output of finalOutputs(segment.model)) {
      const within = all ? [] : [first + at, ...output.within]
      const twice = part.kind === 'mining' && part.method === 'selectAll' && names.has(output.name)
      add({ ...output, within }, twice ? `${output.name}(${segment.id})` : output.name)
    }
  }
  for (const { name, slot, type } of model.outputs) add({ name, slot, type, within: [] })
  return outputs
}
