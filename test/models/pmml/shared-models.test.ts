import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { suite } from 'uvu'
import { loadPmmlModel } from '../../../models/pmml/pmml-model.ts'
import { type Table, assertLike, csvTable, scoreTable } from './score-table.ts'

const folder = resolve('../shared/models')
const test = suite('PMML reference models')

const wine = [
  'fixed acidity',
  'volatile acidity',
  'citric acid',
  'residual sugar',
  'chlorides',
  'free sulfur dioxide',
  'total sulfur dioxide',
  'density',
  'pH',
  'sulphates',
  'alcohol',
  'quality',
]

function tableOf(file: string, names?: readonly string[]): Table {
  const lines = readFileSync(resolve(folder, file), 'utf8').trimEnd().split('\n')
  return csvTable(names === undefined ? lines : [names.join(';'), ...lines])
}

/** The reference's columns as the model names them. */
function namedAs(table: Table, target: string): Table {
  return { names: table.names.map(name => (name === 'label' ? target : name.replace(/^p\((.*)\)$/, 'probability($1)'))), rows: table.rows }
}

const models: Readonly<Record<string, string>> = {
  winequalityDecisionTreeClassification: 'quality',
  winequalityRandonForrestClassification: 'quality',
  winequalityLinearRegression: 'quality',
  winequalityGeneralizedLinearRegressionGaussian: 'quality',
  pmml_gbm: 'grade',
  pmml_logreg_scaled: 'quality',
}

async function check(file: string, rows: Table, expected: Table): Promise<void> {
  const model = await loadPmmlModel({ bytes: readFileSync(resolve(folder, file)), format: undefined, output: undefined })
  assertLike(scoreTable(model, rows), expected, 1e-12)
  await model.dispose()
}

if (existsSync(folder)) {
  for (const [name, target] of Object.entries(models)) {
    test(name, () => check(`${name}.pmml`, tableOf('winequality_red.csv', wine), namedAs(tableOf(`${name}.expected.csv`), target)))
    if (existsSync(resolve(folder, `${name}.missing.expected.csv`)))
      test(`${name} with missing values`, () =>
        check(`${name}.pmml`, tableOf('wine_missing.csv'), namedAs(tableOf(`${name}.missing.expected.csv`), target)))
  }
  for (const name of ['boundary', 'tree_lastPrediction_returnNullPrediction', 'tree_none_returnLastPrediction'])
    test(name, () => check(`edge/${name}.pmml`, tableOf(`edge/${name.split('_')[0]}.input.csv`), tableOf(`edge/${name}.expected.csv`)))
} else {
  console.log(`SKIP PMML reference models: there is no folder ${folder}`)
}

test.run()
