/** A document to score, and rows for it: CSV with `;`, an empty cell is a missing value. */
export interface PmmlCase {
  readonly name: string
  readonly pmml: string
  readonly rows: string
}

/** A DataField; `inside` are its Values and Intervals. */
export function field(
  name: string,
  dataType = 'double',
  inside = '',
  optype = dataType === 'string' ? 'categorical' : 'continuous',
): string {
  return `<DataField name="${name}" optype="${optype}" dataType="${dataType}">${inside}</DataField>`
}

export function values(...all: (string | number)[]): string {
  return all.map(value => `<Value value="${value}"/>`).join('')
}

/** A MiningSchema: plain inputs by name, or whole MiningFields; then the target. */
export function schema(inputs: readonly string[], target?: string): string {
  const fields = inputs.map(input => (input.startsWith('<') ? input : `<MiningField name="${input}"/>`))
  return `<MiningSchema>${fields.join('')}${target === undefined ? '' : `<MiningField name="${target}" usageType="target"/>`}</MiningSchema>`
}

export function document(fields: readonly string[], model: string, dictionary = ''): string {
  const transformations = dictionary === '' ? '' : `<TransformationDictionary>${dictionary}</TransformationDictionary>`
  return `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>${fields.join('')}</DataDictionary>${transformations}${model}</PMML>`
}

export function output(name: string, feature: string, attributes = '', inside = ''): string {
  return `<OutputField name="${name}" feature="${feature}" ${attributes}>${inside}</OutputField>`
}

/** Output fields with the probability of each class. */
export function probabilities(...classes: string[]): string {
  return `<Output>${classes.map(name => output(`p_${name}`, 'probability', `value="${name}" optype="continuous" dataType="double"`)).join('')}</Output>`
}

export function simple(name: string, operator: string, value?: string | number): string {
  return `<SimplePredicate field="${name}" operator="${operator}"${value === undefined ? '' : ` value="${value}"`}/>`
}

export function array(...all: (string | number)[]): string {
  return `<Array n="${all.length}" type="real">${all.join(' ')}</Array>`
}

export function apply(name: string, args: readonly string[], attributes = ''): string {
  return `<Apply function="${name}" ${attributes}>${args.join('')}</Apply>`
}

export function ref(name: string): string {
  return `<FieldRef field="${name}"/>`
}

export function constant(value: string | number, dataType?: string): string {
  return `<Constant${dataType === undefined ? '' : ` dataType="${dataType}"`}>${value}</Constant>`
}
