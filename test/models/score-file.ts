import { parse } from 'csv-parse/sync'
import { readModel } from '../../cli/score/read-model.ts'
import { openScoreInput, type ScoreInputOptions } from '../../cli/score/score-input.ts'
import { CsvScoreLines } from '../../cli/score/score-lines.ts'
import { scoreRows } from '../../cli/score/score-rows.ts'
import { defaultModelFactory } from '../../models/index.ts'

/** A CSV file. */
export interface Table {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export function tableOf(csv: string): Table {
  const [head = [], ...rows] = parse(csv, { skip_empty_lines: true })
  return { head, rows }
}

/** What `sluice score` prints for a model file or directory and a file of rows. */
export async function scoreFile(model: string, rows: string, batchSize = 1024, options: ScoreInputOptions = {}): Promise<Table> {
  const { bytes } = await readModel(model, process.stdin)
  const loaded = await defaultModelFactory().load({ bytes, format: undefined, output: undefined })
  const texts: string[] = []
  try {
    const input = await openScoreInput(loaded, rows, options)
    const write = (lines: readonly string[]): Promise<void> => Promise.resolve(void texts.push(...lines))
    await scoreRows(loaded, input.batches(batchSize), { lines: new CsvScoreLines(loaded.outputs), write })
  } finally {
    await loaded.dispose()
  }
  return tableOf(texts.join('\n'))
}
