import * as assert from 'uvu/assert'
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import { blankCases } from './cases/blanks.ts'
import { chainCases } from './cases/chains.ts'
import { clusteringCases } from './cases/clustering.ts'
import { expressionCases } from './cases/expressions.ts'
import { fieldCases } from './cases/fields.ts'
import { generalRegressionCases } from './cases/general-regression.ts'
import { miningCases } from './cases/mining.ts'
import { neighborCases } from './cases/neighbors.ts'
import { networkCases } from './cases/networks.ts'
import { oddCases } from './cases/odd.ts'
import { regressionCases } from './cases/regression.ts'
import { ruleCases } from './cases/rules.ts'
import { segmentCases } from './cases/segments.ts'
import { supportVectorCases } from './cases/support-vectors.ts'
import { targetCases } from './cases/targets.ts'
import { textIndexCases } from './cases/text-index.ts'
import { treeCases } from './cases/trees.ts'
import type { PmmlCase } from './pmml-builder.ts'
import { type ResultTable, assertLike, csvTable, loadText, scoreTable } from './score-table.ts'

/** What JPMML-Evaluator 1.7.7 gave for each case, as CSV lines; ERROR: it has no valid result. */
const expected = JSON.parse(readFileSync(new URL('jpmml-expected.json', import.meta.url), 'utf8')) as Record<string, string[]>

const families: Readonly<Record<string, readonly PmmlCase[]>> = {
  trees: treeCases,
  regression: regressionCases,
  'general regression': generalRegressionCases,
  mining: miningCases,
  segments: segmentCases,
  'networks and naive Bayes': networkCases,
  clustering: clusteringCases,
  neighbors: neighborCases,
  'support vectors': supportVectorCases,
  'rules and scorecards': ruleCases,
  fields: fieldCases,
  expressions: expressionCases,
  'text index': textIndexCases,
  blanks: blankCases,
  'several targets': targetCases,
  'what is seldom seen': oddCases,
  'chains of several fields': chainCases,
}

for (const [family, cases] of Object.entries(families)) {
  const test = suite(`PMML as the reference evaluator scores it: ${family}`)
  for (const { name, pmml, rows } of cases) {
    test(name, async () => {
      const table = csvTable(rows.split('\n'))
      const reference = csvTable(expected[name] ?? [])
      assert.is(reference.rows.length, table.rows.length, 'rows that the reference evaluator scored')
      const model = await loadText(pmml)
      const together = scoreTable(model, table)
      assertLike(together, reference, 1e-12)
      const single: ResultTable = {
        names: together.names,
        rows: table.rows.flatMap(row => scoreTable(model, { ...table, rows: [row] }).rows),
      }
      assert.equal(single.rows, together.rows)
      await model.dispose()
    })
  }
  test.run()
}
