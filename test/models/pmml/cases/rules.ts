import { type PmmlCase, document, field, output, schema, simple, values } from '../pmml-builder.ts'

const rows = 'x;y;s\n0;0;u\n1;2;v\n-1.5;4;u\n3;-0.7;v\n;2;u\n1;1;\n;;\n5;5;v'
const fields = [field('x'), field('y'), field('s', 'string', values('u', 'v')), field('c', 'string', values('a', 'b', 'k'))]
const inputs = ['x', 'y', 's']

const ruled = `<SimpleRule id="r1" score="a" weight="0.5" confidence="0.7">${simple('x', 'greaterThan', 0)}</SimpleRule><SimpleRule id="r2" score="b" weight="0.9" confidence="0.8">${simple('y', 'greaterThan', 1)}</SimpleRule><CompoundRule>${simple('s', 'equal', 'v')}<SimpleRule id="r3" score="a" weight="0.3" confidence="0.4">${simple('x', 'greaterThan', 2)}</SimpleRule><SimpleRule id="r4" score="k" weight="0.6" confidence="0.9">${simple('x', 'greaterThan', 0.5)}</SimpleRule></CompoundRule>`

const equals = ['b', 'a', 'k']
  .map((score, at) => `<SimpleRule score="${score}" weight="0.5">${simple('xyx'[at] as string, 'greaterThan', at)}</SimpleRule>`)
  .join('')
const confidences = ['a', 'b', 'k'].map(value => output(`sure_${value}`, 'confidence', `value="${value}"`)).join('')

function ruleSet(criterion: string, attributes = '', { rules = ruled, out = '' } = {}): string {
  const outputs = `<Output>${output('rule', 'entityId', 'dataType="string"')}${out}</Output>`
  return document(
    fields,
    `<RuleSetModel functionName="classification">${schema(inputs, 'c')}${outputs}<RuleSet ${attributes}><RuleSelectionMethod criterion="${criterion}"/>${rules}</RuleSet></RuleSetModel>`,
  )
}

function scorecard(attributes: string, own = ''): string {
  const outputs = [
    output('score', 'predictedValue', 'dataType="double"'),
    ...[1, 2, 3].map(rank => output(`reason${rank}`, 'reasonCode', `rank="${rank}" dataType="string"`)),
  ].join('')
  const characteristic = (name: string, baseline: string, attributesOf: string): string =>
    `<Characteristic name="${name}" reasonCode="${name.toUpperCase()}" ${baseline}>${attributesOf}</Characteristic>`
  return document(
    [...fields, field('t')],
    `<Scorecard functionName="regression" ${attributes}>${schema(inputs, 't')}<Output>${outputs}</Output><Characteristics>${characteristic('cx', 'baselineScore="10"', `<Attribute partialScore="-5">${simple('x', 'isMissing')}</Attribute><Attribute partialScore="12" reasonCode="HIGH">${simple('x', 'greaterThan', 0)}</Attribute><Attribute partialScore="3">${simple('x', 'lessOrEqual', 0)}</Attribute>`)}${characteristic('cy', 'baselineScore="4"', `<Attribute>${simple('y', 'greaterThan', 1)}<ComplexPartialScore><Apply function="*"><Constant>1.5</Constant><FieldRef field="y"/></Apply></ComplexPartialScore></Attribute><Attribute partialScore="${own || 7}"><True/></Attribute>`)}${characteristic('cs', 'baselineScore="2"', `<Attribute partialScore="1">${simple('s', 'equal', 'u')}</Attribute><Attribute partialScore="20">${simple('s', 'equal', 'v')}</Attribute>`)}</Characteristics></Scorecard>`,
  )
}

export const ruleCases: readonly PmmlCase[] = [
  ...['firstHit', 'weightedSum', 'weightedMax'].map(criterion => ({ name: `rules ${criterion}`, pmml: ruleSet(criterion), rows })),
  ...['firstHit', 'weightedSum', 'weightedMax'].flatMap(criterion => [
    { name: `rules ${criterion} confidences`, pmml: ruleSet(criterion, '', { out: confidences }), rows },
    { name: `rules ${criterion} of equal rules`, pmml: ruleSet(criterion, '', { out: confidences, rules: equals }), rows },
  ]),
  { name: 'rules default', pmml: ruleSet('firstHit', 'defaultScore="k" defaultConfidence="0.25"'), rows },
  { name: 'scorecard points below', pmml: scorecard('initialScore="100" reasonCodeAlgorithm="pointsBelow"'), rows },
  { name: 'scorecard points above', pmml: scorecard('initialScore="100" reasonCodeAlgorithm="pointsAbove"'), rows },
  { name: 'scorecard without initial score', pmml: scorecard('', '0.25'), rows },
]
