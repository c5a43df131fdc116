/** A data record that the broker has acknowledged. */
export interface SentRecord {
  readonly dataType: string
  readonly partition: number
  readonly offset: number
  /** Row of wine.csv, from 0. */
  readonly row: number
}

/** The fields of a result that the demo uses. */
export interface DemoResult {
  readonly dataType: string
  readonly modelName: string
  readonly modelVersion: number
  readonly status: string
  /** null: the result has none. */
  readonly score: number | null
  readonly inputPartition: number
  readonly inputOffset: number
  /** Time at which the demo read the result, by performance.now(). */
  readonly arrivedAt: number
}

/** Counts of faults; all are 0 if the results are right. */
export interface Verdict {
  /** Records without a result. */
  readonly unanswered: number
  /** Results beyond a record's first. */
  readonly repeated: number
  /** Records whose results do not agree. */
  readonly contradicted: number
  /** Results that answer no record that was sent. */
  readonly foreign: number
  /** Results that are not OK or whose score differs from that of the model for the row. */
  readonly wrong: number
  /** Results of an older version than that of an earlier record of the same partition. */
  readonly wentBack: number
}

const tolerance = 1e-6

/** Compares the results with the sent records. `expected` returns the score of a model for a row. */
export function judgeResults(
  sent: readonly SentRecord[],
  results: readonly DemoResult[],
  expected: (modelName: string, row: number) => number | undefined,
): Verdict {
  const known = new Map(sent.map(record => [placeOf(record.partition, record.offset), record]))
  const answers = new Map<string, DemoResult[]>()
  let foreign = 0
  let wrong = 0
  for (const result of results) {
    const place = placeOf(result.inputPartition, result.inputOffset)
    const record = known.get(place)
    if (record === undefined || record.dataType !== result.dataType) {
      foreign++
      continue
    }
    if (!isClose(result, expected(result.modelName, record.row))) wrong++
    const others = answers.get(place)
    if (others === undefined) answers.set(place, [result])
    else others.push(result)
  }
  const given = [...answers.values()]
  return {
    unanswered: known.size - answers.size,
    repeated: given.reduce((sum, each) => sum + each.length - 1, 0),
    contradicted: given.filter(([first, ...more]) => more.some(other => !agree(first as DemoResult, other))).length,
    foreign,
    wrong,
    wentBack: countBack(given.flat()),
  }
}

function placeOf(partition: number, offset: number): string {
  return `${partition}@${offset}`
}

function isClose({ status, score }: DemoResult, expected: number | undefined): boolean {
  return status === 'OK' && score !== null && expected !== undefined && Math.abs(score - expected) <= tolerance
}

function agree(a: DemoResult, b: DemoResult): boolean {
  return a.modelName === b.modelName && a.modelVersion === b.modelVersion && a.status === b.status && a.score === b.score
}

function countBack(results: readonly DemoResult[]): number {
  const newest = new Map<number, number>()
  let back = 0
  for (const { inputPartition, modelVersion } of results.toSorted((a, b) => a.inputOffset - b.inputOffset)) {
    const before = newest.get(inputPartition) ?? 0
    if (modelVersion < before) back++
    else newest.set(inputPartition, modelVersion)
  }
  return back
}
