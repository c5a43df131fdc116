import { type PmmlCase, document, field, probabilities, schema, values } from '../pmml-builder.ts'

const rows = 'x;g;h;o;n\n0.5;f;u;1;2\n-1;m;v;0.5;1\n2;f;w;0;3\n;m;u;1;1\n1;;u;1;1\n1;f;;1;1\n0;m;w;2;5\n1.5;f;u;;1\n1.5;f;u;1;'
const fields = [
  field('x'),
  field('g', 'string', values('f', 'm')),
  field('h', 'string', values('u', 'v', 'w')),
  field('o'),
  field('n', 'integer'),
  field('y'),
  field('c', 'string', values('lo', 'mid', 'hi')),
  field('d', 'string', values('no', 'yes')),
]
const inputs = ['x', 'g', 'h', 'o', 'n']
const lists = (factors = '<Predictor name="g"/><Predictor name="h"/>'): string =>
  `<ParameterList><Parameter name="p0" label="Intercept"/><Parameter name="p1"/><Parameter name="p2"/><Parameter name="p3"/><Parameter name="p4"/></ParameterList><FactorList>${factors}</FactorList><CovariateList><Predictor name="x"/></CovariateList><PPMatrix><PPCell value="1" predictorName="x" parameterName="p1"/><PPCell value="f" predictorName="g" parameterName="p2"/><PPCell value="u" predictorName="h" parameterName="p3"/><PPCell value="2" predictorName="x" parameterName="p4"/><PPCell value="v" predictorName="h" parameterName="p4"/></PPMatrix>`
const betas = [0.3, 0.8, -0.5, 0.25, 0.1]
const cells = (category = '', factor = 1): string =>
  betas
    .map(
      (beta, at) =>
        `<PCell ${category === '' ? '' : `targetCategory="${category}"`} parameterName="p${at}" beta="${beta * factor}" df="1"/>`,
    )
    .join('')

function model(target: string, attributes: string, inside: string, out = ''): string {
  const kind = target === 'y' ? 'regression' : 'classification'
  return document(
    target === 'c' && attributes.includes('ordinal')
      ? fields.map(text => text.replace('name="c" optype="categorical"', 'name="c" optype="ordinal"'))
      : fields,
    `<GeneralRegressionModel functionName="${kind}" ${attributes}>${schema(inputs, target)}${out}${inside}</GeneralRegressionModel>`,
  )
}

const plain = `${lists()}<ParamMatrix>${cells()}</ParamMatrix>`
const links = [
  'identity',
  'log',
  'logc',
  'logit',
  'probit',
  'cloglog',
  'loglog',
  'negbin" distParameter="-0.4',
  'power" linkParameter="2',
  'power" linkParameter="0',
  'oddspower" linkParameter="0.5',
  'oddspower" linkParameter="0',
]
const ordinal = `${lists()}<ParamMatrix><PCell targetCategory="lo" parameterName="p0" beta="-0.5"/><PCell targetCategory="mid" parameterName="p0" beta="0.7"/><PCell parameterName="p1" beta="0.4"/><PCell parameterName="p2" beta="-0.2"/></ParamMatrix>`
const contrast =
  '<Predictor name="g"><Categories><Category value="f"/><Category value="m"/></Categories><Matrix nbRows="2" nbCols="2"><Array type="real" n="2">1 0</Array><Array type="real" n="2">-1 1</Array></Matrix></Predictor><Predictor name="h"/>'
const cells3 = (times: readonly (readonly [number, number])[]): string =>
  times.map(([time, hazard]) => `<BaselineCell time="${time}" cumHazard="${hazard}"/>`).join('')
const survival = (attributes: string, hazards: string): string =>
  model(
    'y',
    `modelType="CoxRegression" endTimeVariable="o" ${attributes}`,
    `${lists().replace('name="p1"', 'name="p1" referencePoint="0.5"')}<ParamMatrix>${cells()}</ParamMatrix>${hazards}`,
  )

export const generalRegressionCases: readonly PmmlCase[] = [
  { name: 'general regression', pmml: model('y', 'modelType="regression"', plain), rows },
  { name: 'general linear', pmml: model('y', 'modelType="generalLinear"', plain), rows },
  {
    name: 'general regression contrast matrix',
    pmml: model('y', 'modelType="generalLinear"', `${lists(contrast)}<ParamMatrix>${cells()}</ParamMatrix>`),
    rows,
  },
  ...links.map(link => ({
    name: `general regression link ${link.replace('"', '')}`,
    pmml: model('y', `modelType="generalizedLinear" linkFunction="${link}"`, plain),
    rows,
  })),
  {
    name: 'general regression offset and trials',
    pmml: model('y', 'modelType="generalizedLinear" linkFunction="logit" offsetVariable="o" trialsVariable="n"', plain),
    rows,
  },
  {
    name: 'general regression offset and trials values',
    pmml: model('y', 'modelType="generalizedLinear" linkFunction="log" offsetValue="0.5" trialsValue="3"', plain),
    rows,
  },
  ...['regression', 'generalLinear'].map(kind => ({
    name: `general ${kind} takes neither link nor offset`,
    pmml: model('y', `modelType="${kind}" linkFunction="log" offsetVariable="o" trialsVariable="n"`, plain),
    rows,
  })),
  {
    name: 'multinomial logistic takes no offset',
    pmml: model(
      'c',
      'modelType="multinomialLogistic" targetReferenceCategory="hi" offsetVariable="o"',
      `${lists()}<ParamMatrix>${cells('lo')}${cells('mid', -0.6)}</ParamMatrix>`,
      probabilities('lo', 'mid', 'hi'),
    ),
    rows,
  },
  {
    name: 'ordinal multinomial with an offset',
    pmml: model('c', 'modelType="ordinalMultinomial" cumulativeLink="logit" offsetVariable="o"', ordinal, probabilities('lo', 'mid', 'hi')),
    rows,
  },
  {
    name: 'general regression two classes',
    pmml: model(
      'd',
      'modelType="generalizedLinear" linkFunction="logit" targetReferenceCategory="no"',
      `${lists()}<ParamMatrix>${cells('yes')}</ParamMatrix>`,
      probabilities('no', 'yes'),
    ),
    rows,
  },
  {
    name: 'multinomial logistic',
    pmml: model(
      'c',
      'modelType="multinomialLogistic" targetReferenceCategory="hi"',
      `${lists()}<ParamMatrix>${cells('lo')}${cells('mid', -0.6)}</ParamMatrix>`,
      probabilities('lo', 'mid', 'hi'),
    ),
    rows,
  },
  ...['logit', 'probit', 'cloglog', 'loglog', 'cauchit'].map(link => ({
    name: `ordinal multinomial ${link}`,
    pmml: model('c', `modelType="ordinalMultinomial" cumulativeLink="${link}"`, ordinal, probabilities('lo', 'mid', 'hi')),
    rows,
  })),
  {
    name: 'cox regression before the first time',
    pmml: survival('', `<BaseCumHazardTables maxTime="2">${cells3([[0.5, 0.1]])}</BaseCumHazardTables>`),
    rows: 'x;g;h;o;n\n;f;u;0;1\n1;f;u;0.1;1\n1;f;u;0.6;1\n;f;u;0.6;1',
  },
  {
    name: 'cox regression',
    pmml: survival(
      '',
      `<BaseCumHazardTables maxTime="2">${cells3([
        [0.5, 0.1],
        [1, 0.4],
        [2, 0.9],
      ])}</BaseCumHazardTables>`,
    ),
    rows,
  },
  {
    name: 'cox regression strata',
    pmml: survival(
      'baselineStrataVariable="h"',
      `<BaseCumHazardTables><BaselineStratum value="u" maxTime="2">${cells3([
        [0.5, 0.1],
        [1, 0.4],
      ])}</BaselineStratum><BaselineStratum value="v" maxTime="1">${cells3([
        [0.25, 0.2],
        [1, 0.3],
      ])}</BaselineStratum></BaseCumHazardTables>`,
    ),
    rows,
  },
]
