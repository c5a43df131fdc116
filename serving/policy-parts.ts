import { ColumnBatch } from '../records/index.ts'
import type { RawRecord } from '../topology/index.ts'
import type { ResultOutlet } from './speculative-data.ts'
import type { TimedPolicies } from './timed-policies.ts'

/** Rows of one data type, and where their results go. */
export interface AnsweredRows {
  readonly dataType: string
  readonly batch: ColumnBatch
  readonly rows: readonly RawRecord[]
  readonly out: ResultOutlet
}

/**
 * Answers the rows in parts: before each record from which another policy is in force a new one begins. As a rule there is one, of all rows. Returns how many
 * rows are answered: it ends before the first part of which `answer` says that it is not.
 */
export async function answerInParts(
  policies: TimedPolicies,
  all: AnsweredRows,
  answer: (part: AnsweredRows) => Promise<boolean>,
): Promise<number> {
  const { dataType, rows } = all
  let from = 0
  let to = policies.next(dataType, rows, from)
  while (to < rows.length) {
    if (to > from && !(await answer(partOf(all, from, to)))) return from
    policies.enter(dataType, rows[to] as RawRecord)
    from = to
    to = policies.next(dataType, rows, from)
  }
  return (await answer(from === 0 ? all : partOf(all, from, to))) ? to : from
}

function partOf({ dataType, batch, rows, out }: AnsweredRows, from: number, to: number): AnsweredRows {
  const part = new ColumnBatch(batch.specs, to - from)
  for (let row = from; row < to; row++) part.copyRow(part.length++, batch, row)
  return { dataType, batch: part, rows: rows.slice(from, to), out: { ...out, give: (row, result) => out.give(from + row, result) } }
}
