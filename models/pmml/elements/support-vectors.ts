import { type PmmlElement, clip, needValue } from '../document/index.ts'
import { type ModelContext, Evaluator, largestOf } from '../contract/index.ts'
import { type Row, needNumeric, numbersOf } from '../expressions/index.ts'

const kernels = ['LinearKernelType', 'PolynomialKernelType', 'RadialBasisKernelType', 'SigmoidKernelType'] as const

interface Machine {
  /** The index of the class for which the machine votes; -1 for a regression. `alternate`: the other class; -1: none. */
  readonly target: number
  readonly alternate: number
  readonly threshold: number | undefined
  readonly offset: number
  readonly coefficients: Float64Array
  /** For each coefficient, where its vector begins in `vectors` of the model. Empty: the coefficients are those of the fields. */
  readonly vectors: Int32Array
}

/** A compiled SupportVectorMachineModel: plain data. */
export interface CompiledSupportVectors {
  readonly kind: 'supportVectors'
  readonly classes: number
  readonly kernel: (typeof kernels)[number]
  readonly gamma: number
  readonly coef0: number
  readonly degree: number
  readonly slots: Int32Array
  /** By field: the category that counts as 1 (any other value as 0); NaN: the field is a number. */
  readonly categories: Float64Array
  readonly vectors: Float64Array
  readonly machines: readonly Machine[]
  readonly oneAgainstOne: boolean
  readonly maxWins: boolean
  readonly threshold: number
}

export function compileSupportVectors(context: ModelContext): CompiledSupportVectors {
  const { element, scope } = context
  context.allow('regression', 'classification')
  const kernel = element.child(...kernels) ?? element.fail('has no kernel')
  const dictionary = element.needChild('VectorDictionary')
  const fields = dictionary
    .needChild('VectorFields')
    .all('FieldRef', 'CategoricalPredictor')
    .map(field => {
      const categorical = field.name === 'CategoricalPredictor'
      const attribute = categorical ? 'name' : 'field'
      const known = scope.fieldOf(field, attribute)
      const value = categorical ? needValue(field, { type: known.type, text: field.need('value') }, scope.compilation.symbols) : NaN
      return { slot: categorical ? known.slot : needNumeric(field, field.need(attribute), known).slot, value }
    })
  const instances = new Map<string, number>()
  const vectors = dictionary.all('VectorInstance').map(instance => {
    const values = numbersOf(instance.needChild('Array', 'REAL-SparseArray'))
    if (values.length !== fields.length) instance.fail(`has ${values.length} values for ${fields.length} fields`)
    instances.set(instance.need('id'), instances.size * fields.length)
    return values
  })
  const machines = element.all('SupportVectorMachine').map(machine => compileMachine(machine, context, instances))
  if (machines.length === 0 || (!context.classifies && machines.length > 1)) element.fail(`has ${machines.length} SupportVectorMachines`)
  for (const { coefficients, vectors: used } of machines)
    if (used.length === 0 && (coefficients.length !== fields.length || kernel.name !== 'LinearKernelType'))
      element.fail('has coefficients without matching vectors')
  return {
    kind: 'supportVectors',
    classes: context.classifies ? context.classes.values.length : 0,
    kernel: kernels.find(name => name === kernel.name) ?? 'LinearKernelType',
    gamma: kernel.number('gamma', 1),
    coef0: kernel.number('coef0', 1),
    degree: kernel.number('degree', 1),
    slots: Int32Array.from(fields, ({ slot }) => slot),
    categories: Float64Array.from(fields, ({ value }) => value),
    vectors: join(vectors, fields.length),
    machines,
    oneAgainstOne: element.oneOf('classificationMethod', ['OneAgainstAll', 'OneAgainstOne']) === 'OneAgainstOne',
    maxWins: element.flag('maxWins', false),
    threshold: element.number('threshold', 0),
  }
}

function join(vectors: readonly Float64Array[], width: number): Float64Array {
  const joined = new Float64Array(vectors.length * width)
  for (const [at, vector] of vectors.entries()) joined.set(vector, at * width)
  return joined
}

function compileMachine(element: PmmlElement, context: ModelContext, instances: ReadonlyMap<string, number>): Machine {
  const coefficients = element.needChild('Coefficients')
  const values = Float64Array.from(coefficients.all('Coefficient'), coefficient => coefficient.number('value', 0))
  const used = (element.child('SupportVectors')?.all('SupportVector') ?? []).map(
    vector =>
      instances.get(vector.need('vectorId')) ?? vector.fail(`names the vector ${clip(vector.need('vectorId'))}, which does not exist`),
  )
  if (used.length > 0 && used.length !== values.length) element.fail(`has ${values.length} coefficients for ${used.length} vectors`)
  const classOf = (text: string | undefined): number => (text === undefined || !context.classifies ? -1 : context.classOf(text, element))
  // Before PMML 4 the model element named the other of two classes.
  const alternate = element.get('alternateTargetCategory') ?? context.element.get('alternateBinaryTargetCategory')
  if (context.classifies) element.need('targetCategory')
  return {
    target: classOf(element.get('targetCategory')),
    alternate: classOf(alternate),
    threshold: element.get('threshold') === undefined ? undefined : element.number('threshold'),
    offset: coefficients.number('absoluteValue', 0),
    coefficients: values,
    vectors: Int32Array.from(used),
  }
}

export class SupportVectorsEvaluator extends Evaluator {
  readonly #model: CompiledSupportVectors
  readonly #values: Float64Array
  /** The classes in the order in which they got their first vote or value. Of equals the first wins. */
  readonly #named: Int32Array
  /** By class: the number of votes; without votes, the value of the class's machine (negated unless maxWins), NaN if it has none. */
  readonly #scores: Float64Array

  constructor(model: CompiledSupportVectors) {
    super(model.classes, { affinity: (_rank, name) => (name === undefined ? (this.#scores[this.value] ?? NaN) : NaN) })
    this.#model = model
    this.#values = new Float64Array(model.slots.length)
    this.#named = new Int32Array(model.classes)
    this.#scores = new Float64Array(model.classes)
    // With one machine for each class there are no probabilities.
    if (!this.#votes) this.probabilities.fill(NaN)
  }

  run(row: Row): boolean {
    const { slots, categories, machines } = this.#model
    const values = this.#values
    for (let i = 0; i < slots.length; i++) {
      const value = row.read(slots[i] as number)
      if (value !== value) return false
      const category = categories[i] as number
      values[i] = category !== category ? value : value === category ? 1 : 0
    }
    if (this.#model.classes === 0) {
      this.value = this.#decide(machines[0] as Machine)
      return this.value === this.value
    }
    return this.#classify()
  }

  get #votes(): boolean {
    const { machines, oneAgainstOne } = this.#model
    return oneAgainstOne || (machines.length === 1 && (machines[0] as Machine).alternate >= 0)
  }

  #classify(): boolean {
    const { machines, maxWins, threshold } = this.#model
    const scores = this.#scores
    const votes = this.#votes
    scores.fill(votes ? 0 : NaN)
    this.#named.fill(-1)
    let named = 0
    for (const machine of machines) {
      const value = this.#decide(machine)
      if (!votes) {
        if (Number.isNaN(scores[machine.target])) this.#named[named++] = machine.target
        scores[machine.target] = maxWins ? value : -value
      } else {
        const limit = machine.threshold ?? threshold
        const winner = (maxWins ? value > limit : value < limit) ? machine.target : machine.alternate
        if (winner < 0) continue
        if (scores[winner] === 0) this.#named[named++] = winner
        scores[winner] = (scores[winner] as number) + 1
      }
    }
    this.value = largestOf(this.#named.subarray(0, named), scores)
    if (votes) this.#share()
    return this.value >= 0
  }

  /** Sets the probability of each class to its share of the votes. */
  #share(): void {
    const scores = this.#scores
    let total = 0
    for (let i = 0; i < scores.length; i++) total += scores[i] as number
    for (let i = 0; i < scores.length; i++) this.probabilities[i] = (scores[i] as number) / total
  }

  #decide({ coefficients, vectors, offset }: Machine): number {
    const values = this.#values
    let sum = 0
    if (vectors.length === 0) for (let i = 0; i < values.length; i++) sum += (coefficients[i] as number) * (values[i] as number)
    else for (let i = 0; i < vectors.length; i++) sum += (coefficients[i] as number) * this.#kernel(vectors[i] as number)
    return sum + offset
  }

  #kernel(from: number): number {
    const { kernel, gamma, coef0, degree, vectors } = this.#model
    const values = this.#values
    let sum = 0
    if (kernel === 'RadialBasisKernelType') {
      for (let i = 0; i < values.length; i++) sum += ((values[i] as number) - (vectors[from + i] as number)) ** 2
      return Math.exp(-gamma * sum)
    }
    for (let i = 0; i < values.length; i++) sum += (values[i] as number) * (vectors[from + i] as number)
    if (kernel === 'LinearKernelType') return sum
    return kernel === 'PolynomialKernelType' ? (gamma * sum + coef0) ** degree : Math.tanh(gamma * sum + coef0)
  }
}
