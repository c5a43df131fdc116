import { sluice } from '../proto/messages.js'
import type { RawRecord } from '../topology/index.ts'
import { ScoreResultWriter } from './score-result-writer.ts'

/** Results of records whose data type has no model. `expected`: the partition on which it might have one; undefined: the records are there. */
export function noModelResults(dataType: string, rows: readonly RawRecord[], expected: number | undefined): readonly Buffer[] {
  const writer = new ScoreResultWriter({ dataType, modelName: '', modelVersion: 0, modelHash: new Uint8Array() })
  const why = expected === undefined ? '' : `the record is not on partition ${expected}, where the models of its data type are`
  return rows.map(record => writer.writeStatus(sluice.ScoreResult.Status.NO_MODEL, record, why))
}
