import type { OutputColumn, Scores } from '../../models/index.ts'

/** A copy of the scores of a shared model, to be taken as soon as they are there: its next call may be of somebody else, and write over them. */
export function ownScores({ length, score, labels, noResult, blank, outputs }: Scores): Scores {
  return {
    length,
    score: score.slice(0, length),
    labels: labels?.slice(0, length),
    noResult: noResult?.slice(0, length),
    ...(blank === undefined ? {} : { blank: blank.slice(0, length) }),
    outputs: outputs.map(column => ownColumn(column, length * column.width)),
  }
}

function ownColumn(column: OutputColumn, count: number): OutputColumn {
  if (column.kind === 'text') return { ...column, values: column.values.slice(0, count) }
  const { exact } = column
  const values = Float64Array.from({ length: count }, (_, at) => column.values[at] as number)
  return { ...column, values, ...(exact === undefined ? {} : { exact: exact.slice(0, count) }) }
}
