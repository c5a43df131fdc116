import { SluiceError } from '../../base/index.ts'
import { sluice } from '../../proto/messages.js'
import { Rescorer, type RescoredModel, type ServingOptions } from '../../serving/index.ts'
import type { AnsweredResult, ResultSource } from './result-source.ts'

/** What became of a result whose input was scored again. */
export interface Replayed extends AnsweredResult {
  readonly again: readonly RescoredModel[]
  readonly verdict: 'equal' | 'different' | 'not comparable'
  /** Of one that is equal: whether each model gives it for the row alone (see `Rescorer`). */
  readonly alone: boolean
  /** Why, unless it is equal. */
  readonly why: string
}

export interface ReplayOptions {
  readonly serving: ServingOptions
  /** See `differenceOf`; default 0. */
  readonly tolerance?: number | undefined
}

/** Scores the input of each result again, with the models that the result names. Throws what the source throws. */
export async function* replayed(source: ResultSource, { serving, tolerance }: ReplayOptions): AsyncGenerator<Replayed> {
  const rescorer = new Rescorer(serving, source.models, tolerance)
  try {
    for await (const answered of source.results()) {
      const { result, input } = answered
      const again = input === undefined ? [] : await rescorer.again(result, { ...input, source: undefined })
      yield { ...answered, again, ...verdictOf(answered, again) }
    }
  } finally {
    await rescorer.close()
  }
}

/** Not faults of this build: a model that is not here, or that the settings do not allow. */
const elsewhere: ReadonlySet<string> = new Set([
  'MODEL_UNKNOWN',
  'MODEL_LOCATION_REFUSED',
  'MODEL_HASH_MISMATCH',
  'MODEL_UNSIGNED',
  'MODEL_SIGNATURE_INVALID',
])

function verdictOf({ result, input }: AnsweredResult, again: readonly RescoredModel[]): Pick<Replayed, 'verdict' | 'alone' | 'why'> {
  const told = (verdict: Replayed['verdict'], why: string): Pick<Replayed, 'verdict' | 'alone' | 'why'> => ({ verdict, why, alone: true })
  if (input === undefined) return told('not comparable', 'the input is not in its topic any more')
  if (again.length === 0) return told('not comparable', notRun(result))
  for (const each of again) {
    // The file itself is wrong: nothing that follows can be trusted.
    if ('notScored' in each && each.code === 'INPUT_INVALID') throw new SluiceError('INPUT_INVALID', each.notScored)
    if ('notScored' in each && each.code !== undefined && !elsewhere.has(each.code))
      return told('different', `${each.code}: ${each.notScored}`)
    if ('equal' in each && !each.equal) return told('different', each.differs ?? '')
  }
  const unscored = again.find(each => 'notScored' in each)
  if (unscored !== undefined && 'notScored' in unscored) return told('not comparable', unscored.notScored)
  return { verdict: 'equal', why: '', alone: again.every(each => 'alone' in each && each.alone) }
}

function notRun({ status }: sluice.ScoreResult): string {
  const { NO_MODEL } = sluice.ScoreResult.Status
  return status === NO_MODEL ? 'there was no model' : 'it does not name the models that were run'
}
