import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { goldenRecords } from '../../../cli/commands/golden-records.ts'
import { resolveClientConfig } from '../../../cli/config/index.ts'
import { sluice } from '../../../proto/messages.js'

const golden = suite('golden records of a CSV file')
const { data } = resolveClientConfig({ flags: {}, env: {}, readFile: () => '' })

async function read(text: string, tolerance = 0): Promise<readonly unknown[]> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-golden-'))
  try {
    const path = join(directory, 'rows.csv')
    await writeFile(path, text)
    const found = await goldenRecords({ path, data, dataType: 'wine', tolerance })
    return found.map(({ record, ...wanted }) => [sluice.WineRecord.decode(record).alcohol, wanted])
  } finally {
    await rm(directory, { recursive: true })
  }
}

golden('scores, labels and tolerances, of the row or of all', async () => {
  assert.equal(await read('alcohol,score,label,tolerance\n9.5,5.25,,0.5\n10,6,good,\n11,,bad,\n', 0.1), [
    [9.5, { score: 5.25, label: undefined, tolerance: 0.5 }],
    [10, { score: 6, label: 'good', tolerance: 0.1 }],
    [11, { score: undefined, label: 'bad', tolerance: 0.1 }],
  ])
})

for (const [what, text, why] of [
  ['no column of results', 'alcohol,pH\n1,2\n', /has neither a column score nor a column label/],
  ['a row without a result', 'alcohol,score\n1,2\n3,\n', /line 3 of .*rows.csv has neither a score nor a label/],
  ['a score that is no number', 'alcohol,score\n1,high\n', /line 2 of .*rows.csv: score is "high", not a number/],
  ['no rows', 'alcohol,score\n', /has no rows/],
  ['more rows than are taken', `alcohol,score\n${'1,1\n'.repeat(4097)}`, /more than 4096 golden records/],
] as const)
  golden(`refused: ${what}`, async () => {
    const message = await read(text).then(
      () => 'nothing',
      (thrown: Error) => thrown.message,
    )
    assert.match(message, why)
  })

golden.run()
