import { sluice } from '../../proto/messages.js'
import { wholeOf } from '../../serving/index.ts'
import type { Replayed } from './replayed.ts'

/** A result that is another one now. */
export interface DifferingResult {
  /** Places of the result and of its input, `PARTITION@OFFSET`. */
  readonly result: string
  readonly input: string
  readonly dataType: string
  readonly version: number
  readonly role: string
  /** What differs first, or the error that there is now. */
  readonly differs: string
  readonly was: Outcome
  /** null: there is none. */
  readonly now: Outcome | null
}

interface Outcome {
  readonly status: string
  readonly score: number | null
  readonly label: string
}

/** Most reasons that are told apart. */
const mostReasons = 20

/** Counts what became of results, and keeps the first that differ. */
export class ReplayFigures {
  results = 0
  equal = 0
  /** Of those that are equal: those that are so only beside other rows in one call. */
  besideOthers = 0
  different = 0
  /** By why. */
  readonly notComparable = new Map<string, number>()
  readonly differing: DifferingResult[] = []
  readonly #most: number

  /** `most`: how many results that differ are kept. */
  constructor(most: number) {
    this.#most = most
  }

  add(replayed: Replayed): void {
    this.results++
    const { verdict, alone, why } = replayed
    if (verdict === 'equal') {
      this.equal++
      if (!alone) this.besideOthers++
    } else if (verdict === 'different') {
      this.different++
      if (this.differing.length < this.#most) this.differing.push(differingOf(replayed))
    } else {
      const reason = this.notComparable.has(why) || this.notComparable.size < mostReasons ? why : 'other reasons'
      this.notComparable.set(reason, (this.notComparable.get(reason) ?? 0) + 1)
    }
  }
}

function differingOf({ record, result, again, why }: Replayed): DifferingResult {
  const differing = again.find(each => 'equal' in each && !each.equal) ?? again[0]
  const { status, score, label, decision } = result
  const said = decision?.models?.find(({ version }) => wholeOf(version) === differing?.version)
  const ok = status === sluice.ScoreResult.Status.OK
  return {
    result: `${record.partition}@${record.offset}`,
    input: `${result.inputPartition}@${wholeOf(result.inputOffset)}`,
    dataType: result.dataType,
    version: differing?.version ?? wholeOf(result.modelVersion),
    role: sluice.ModelRole[result.role] ?? String(result.role),
    differs: why,
    was: {
      status: sluice.ScoreResult.Status[status] ?? String(status),
      score: said?.score ?? (ok ? score : null),
      label: said?.label ?? label,
    },
    now:
      differing !== undefined && 'equal' in differing ? { status: differing.status, score: differing.score, label: differing.label } : null,
  }
}
