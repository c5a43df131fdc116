import { type PmmlElement, type DataType, castValue, dataTypeOf, isNumeric, needValue, parseValue, parseNumber } from '../document/index.ts'
import type { Expression } from './expression.ts'
import type { Scope } from './scope.ts'
import { interval } from './treatments.ts'

/** The type of texts without dataType: integer or double if all are numbers, else string. */
function typeOfTexts(texts: readonly (string | undefined)[]): DataType {
  const known = texts.filter(text => text !== undefined)
  if (known.some(text => Number.isNaN(parseNumber(text)))) return 'string'
  return known.every(text => /^\s*[+-]?\d+\s*$/.test(text)) ? 'integer' : 'double'
}

function optional(element: PmmlElement, name: string, { type, scope }: { type: DataType; scope: Scope }): number {
  const text = element.get(name)
  return text === undefined ? NaN : needValue(element, { type, text }, scope.compilation.symbols)
}

export function normContinuousExpression(element: PmmlElement, from: Expression, scope: Scope): Expression {
  const points = element.all('LinearNorm')
  if (points.length < 2) element.fail('lacks two LinearNorms')
  const origs = Float64Array.from(points, point => point.number('orig'))
  if (origs.some((orig, at) => at > 0 && orig <= (origs[at - 1] as number))) element.fail('has LinearNorms that are not in rising order')
  if (from.type === 'string') element.fail('is applied to a text field')
  return {
    op: 'normContinuous',
    type: 'double',
    depth: from.depth + 1,
    steps: from.steps + points.length,
    from,
    origs,
    norms: Float64Array.from(points, point => point.number('norm')),
    outliers: element.oneOf('outliers', ['asIs', 'asMissingValues', 'asExtremeValues']),
    mapMissingTo: optional(element, 'mapMissingTo', { type: 'double', scope }),
  }
}

export function normDiscreteExpression(element: PmmlElement, from: Expression, scope: Scope): Expression {
  return {
    op: 'normDiscrete',
    type: 'double',
    depth: from.depth + 1,
    steps: from.steps + 1,
    from,
    value: needValue(element, { type: from.type, text: element.need('value') }, scope.compilation.symbols),
    mapMissingTo: optional(element, 'mapMissingTo', { type: 'double', scope }),
  }
}

export function discretizeExpression(element: PmmlElement, from: Expression, scope: Scope): Expression {
  const bins = element.all('DiscretizeBin')
  const texts = bins.map(bin => bin.need('binValue'))
  const type = dataTypeOf(element, typeOfTexts([...texts, element.get('defaultValue'), element.get('mapMissingTo')]))
  if (from.type === 'string') element.fail('is applied to a text field')
  return {
    op: 'discretize',
    type,
    depth: from.depth + 1,
    steps: from.steps + bins.length,
    from,
    intervals: Float64Array.from(bins.flatMap(bin => interval(bin.needChild('Interval')))),
    values: Float64Array.from(bins, (bin, at) => needValue(bin, { type, text: texts[at] ?? '' }, scope.compilation.symbols)),
    defaultValue: optional(element, 'defaultValue', { type, scope }),
    mapMissingTo: optional(element, 'mapMissingTo', { type, scope }),
  }
}

export function mapValuesExpression(element: PmmlElement, from: readonly Expression[], scope: Scope): Expression {
  const columns = element.all('FieldColumnPair').map(pair => columnName(pair.need('column')))
  const outputColumn = columnName(element.need('outputColumn'))
  if (element.child('TableLocator') !== undefined)
    element.fail('takes its table from outside the document (TableLocator), which is not supported')
  const rows = (element.child('InlineTable')?.all('row') ?? []).map(cellsOf)
  const { symbols } = scope.compilation
  const results = rows.map(({ cells }) => cells.get(outputColumn))
  const type = dataTypeOf(element, typeOfTexts([...results, element.get('defaultValue'), element.get('mapMissingTo')]))
  const table = new Map<string, number>()
  for (const { row, cells } of rows) {
    const key = columns.map((column, at) => {
      const given = from[at]?.type ?? 'string'
      const text = cells.get(column)
      if (text === undefined) return row.fail(`lacks the column ${column}`)
      // A cell that is no value of the field's type gets the key NaN, which no value equals.
      return `${isNumeric(given) ? castValue('double', given, { value: parseNumber(text), symbols }) : parseValue(given, text, symbols)},`
    })
    const text = cells.get(outputColumn)
    if (text !== undefined && !table.has(key.join(''))) table.set(key.join(''), needValue(row, { type, text }, symbols))
  }
  return {
    op: 'mapValues',
    type,
    depth: 1 + Math.max(0, ...from.map(({ depth }) => depth)),
    steps: 1 + from.length,
    from,
    table,
    defaultValue: optional(element, 'defaultValue', { type, scope }),
    mapMissingTo: optional(element, 'mapMissingTo', { type, scope }),
  }
}

/** The name of a column without its namespace prefix. The cells' element names have none either. */
export function columnName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** The cells of a row of an InlineTable, by column. */
export function cellsOf(row: PmmlElement): { row: PmmlElement; cells: Map<string, string> } {
  return { row, cells: new Map(row.children.map(cell => [cell.name, cell.text])) }
}
