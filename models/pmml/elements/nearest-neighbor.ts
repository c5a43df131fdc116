import { comparesTexts, compileComparison } from './comparison.ts'
import { type PmmlElement, clip, parseNumber, targetNames, parseValue } from '../document/index.ts'
import { type InstanceTable, InstanceFields, instanceTable, needNumeric } from '../expressions/index.ts'
import type { CompiledMining } from './compiled-model.ts'
import type { CompiledNearestNeighbor, CompiledNeighbors } from './compiled-neighbors.ts'
import type { Aim, ModelContext } from '../contract/index.ts'
import { compileTargets } from './several-targets.ts'

/**
 * Compiles a NearestNeighborModel. The type of a target decides, not the model's functionName: categorical targets are voted on, others are averaged.
 */
export function compileNearestNeighbor(context: ModelContext): CompiledNearestNeighbor | CompiledMining {
  const { element } = context
  context.allow('regression', 'classification', 'mixed', 'clustering')
  const table = instanceTable(element)
  const neighbors = compileNeighbors(context, table)
  const functionName = ({ target }: Aim): string =>
    target === undefined ? context.functionName : target.categorical ? 'classification' : 'regression'
  const names = targetNames(element)
  const partFor = (own: ModelContext): CompiledNearestNeighbor => compileTarget(own, table, neighbors)
  if (names.length > 1) return compileTargets(context, { names, source: neighbors, partFor, functionName })
  const aim = { name: names[0], target: names.length === 0 ? undefined : context.target }
  if (names.length === 0 && context.functionName === 'mixed') context.aimAt(aim, 'clustering')
  else context.aimAt(aim, functionName(aim))
  return partFor(context)
}

function compileTarget(context: ModelContext, { columns, rows }: InstanceTable, neighbors: CompiledNeighbors): CompiledNearestNeighbor {
  const { element, classifies } = context
  const unnamed = context.functionName === 'clustering'
  const column = columns.get(context.targetName ?? '') ?? (unnamed ? '' : element.fail('has no instance field for its target'))
  const targets = Float64Array.from(unnamed ? [] : rows, ({ row, cells }) => {
    const text = cells.get(column) ?? row.fail(`has no ${clip(context.targetName ?? 'target')}`)
    return classifies ? context.classOf(text, row) : numberIn(row, text)
  })
  const classes = classifies ? context.classes.values.length : 0
  return {
    kind: 'nearestNeighbor',
    neighbors,
    classes,
    targets,
    order: classifies ? tieOrder({ classes, targets, labels: context.classes.labels }) : [],
    method: classifies
      ? element.oneOf('categoricalScoringMethod', ['majorityVote', 'weightedMajorityVote'])
      : element.oneOf('continuousScoringMethod', ['average', 'weightedAverage', 'median']),
    threshold: element.number('threshold', 0.001),
  }
}

function compileNeighbors({ element, scope }: ModelContext, { columns, rows }: InstanceTable): CompiledNeighbors {
  const inputs = element.needChild('KNNInputs').all('KNNInput')
  const comparison = compileComparison(element.needChild('ComparisonMeasure'), inputs)
  const fields = inputs.map((input, at) => {
    const field = scope.fieldOf(input)
    return comparesTexts(comparison, at) ? field : needNumeric(input, input.need('field'), field)
  })
  const names = inputs.map(input => input.need('field'))
  const instances = new Float64Array(rows.length * inputs.length)
  const maker = new InstanceFields(scope, element, columns)
  for (const [at, instance] of rows.entries()) {
    maker.take(instance)
    for (const [i, { type, slot }] of fields.entries()) {
      const column = columns.get(names[i] ?? '')
      const text = instance.cells.get(column ?? names[i] ?? '')
      const value =
        text === undefined && column === undefined ? maker.make(slot, type) : parseValue(type, text ?? '', scope.compilation.symbols)
      instances[at * names.length + i] = Number.isNaN(value)
        ? instance.row.fail(`has "${clip(text ?? '')}" where ${type === 'string' ? 'a value' : 'a number'} is needed`)
        : value
    }
  }
  const neighbors = element.number('numberOfNeighbors')
  if (!(neighbors >= 1) || rows.length === 0) element.fail(`looks for ${neighbors} neighbors among ${rows.length}`)
  const idColumn = columns.get(element.get('instanceIdVariable') ?? '')
  return {
    kind: 'neighbors',
    comparison,
    neighbors: Math.min(neighbors, rows.length),
    ranked: Math.min(Math.max(neighbors, ...ranksAsked(element)), rows.length),
    slots: Int32Array.from(fields, ({ slot }) => slot),
    instances,
    ids: rows.map(({ cells }, at) => cells.get(idColumn ?? '') ?? String(at + 1)),
  }
}

function ranksAsked(element: PmmlElement): number[] {
  return (element.child('Output')?.all('OutputField') ?? []).map(output => output.number('rank', 1))
}

/** The classes in the order in which ties are decided: classes of more instances first, then classes with smaller values. */
function tieOrder({ classes, targets, labels }: { classes: number; targets: Float64Array; labels: readonly string[] }): number[] {
  const counts = new Float64Array(classes)
  for (const index of targets) counts[index] = (counts[index] as number) + 1
  const smaller = (a: string, b: string): number => {
    const difference = Number(a) - Number(b)
    return Number.isNaN(difference) ? (a < b ? -1 : 1) : difference
  }
  return Array.from({ length: classes }, (_, index) => index).sort(
    (a, b) => (counts[b] as number) - (counts[a] as number) || smaller(labels[a] ?? '', labels[b] ?? ''),
  )
}

function numberIn(row: PmmlElement, text: string | undefined): number {
  const value = parseNumber(text ?? '')
  return Number.isNaN(value) ? row.fail(`has "${clip(text ?? '')}" where a number is needed`) : value
}
