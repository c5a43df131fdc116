import { sluice } from '../../proto/messages.js'
import { type NamedModel, wholeOf } from './known-version.ts'

const { Part } = sluice.RacedModel
const { Status } = sluice.ScoreResult

/** What a result says that a model gave: a whole result, or of a race the score and the label alone. */
export interface Said extends NamedModel {
  /** The models of a composite. */
  readonly steps?: readonly (NamedModel & { readonly name: string })[]
  readonly outcome: sluice.ScoreResult.$Properties
  readonly withOutputs: boolean
}

/** The models that have a score, no result, or a failure in the result. */
export function saidIn(result: sluice.ScoreResult): readonly Said[] {
  const { decision, status, modelVersion, modelHash, modelPartition, modelOffset, steps } = result
  if (!decision) {
    if (status === Status.NO_MODEL || (status === Status.FAILED && modelHash.length === 0)) return []
    const place = { partition: modelPartition, offset: wholeOf(modelOffset) }
    const named = steps.map(({ name, version, hash, partition, offset }) => ({
      name: name ?? '',
      version: wholeOf(version),
      hash: hash ?? new Uint8Array(),
      place: { partition: partition ?? 0, offset: wholeOf(offset) },
    }))
    return [{ version: wholeOf(modelVersion), hash: modelHash, place, outcome: result, withOutputs: true, steps: named }]
  }
  return (decision.models ?? []).flatMap(({ version, hash, part, score, label }) => {
    const scored = part === Part.CONTRIBUTED || part === Part.OUTVOTED
    if (!scored && part !== Part.ABSTAINED) return []
    const outcome = scored ? { status: Status.OK, score: score ?? 0, label: label ?? '' } : { status: Status.NO_RESULT }
    return [{ version: wholeOf(version), hash: hash ?? new Uint8Array(), place: undefined, outcome, withOutputs: false }]
  })
}

/** Each single model that it takes to score the result's input again. */
export function namedIn(result: sluice.ScoreResult): readonly NamedModel[] {
  return saidIn(result).flatMap((said): readonly NamedModel[] => (said.steps !== undefined && said.steps.length > 0 ? said.steps : [said]))
}
