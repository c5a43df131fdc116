import { sluice } from '../../proto/messages.js'

type Outcome = sluice.ScoreResult.$Properties

export interface Comparison {
  /** Whether the outputs are compared too: of a race a result has the score and the label alone. */
  readonly withOutputs: boolean
  /** How far two numbers may be apart and count as equal, as a share of the larger one, or of 1 where both are smaller; 0: to the last bit. */
  readonly tolerance: number
}

/** What of two outcomes of a model differs first: `status`, `score`, `label`, `outputs` (their names), `output NAME`, of a failure `error`; undefined: they are equal. */
export function differenceOf(one: Outcome, other: Outcome, { withOutputs, tolerance }: Comparison): string | undefined {
  if ((one.status ?? 0) !== (other.status ?? 0)) return 'status'
  if (one.status === sluice.ScoreResult.Status.FAILED) return one.error === other.error ? undefined : 'error'
  if (!near(one.score ?? 0, other.score ?? 0, tolerance)) return 'score'
  if ((one.label ?? '') !== (other.label ?? '')) return 'label'
  if (!withOutputs) return undefined
  const [ours, theirs] = [one.outputs ?? [], other.outputs ?? []]
  if (ours.length !== theirs.length || ours.some(({ name }, at) => name !== theirs[at]?.name)) return 'outputs'
  const differing = ours.find((output, at) => !sameOutput(output, theirs[at] ?? {}, tolerance))
  return differing === undefined ? undefined : `output ${differing.name ?? ''}`
}

function sameOutput(one: sluice.NamedOutput.$Properties, other: sluice.NamedOutput.$Properties, tolerance: number): boolean {
  const [numbers, texts] = [other.numbers ?? [], other.texts ?? []]
  return (
    (one.numbers ?? []).length === numbers.length &&
    (one.texts ?? []).length === texts.length &&
    (one.numbers ?? []).every((number, at) => near(number, numbers[at] as number, tolerance)) &&
    (one.texts ?? []).every((text, at) => text === texts[at])
  )
}

function near(one: number, other: number, tolerance: number): boolean {
  if (Object.is(one, other)) return true
  return tolerance > 0 && Math.abs(one - other) <= tolerance * Math.max(1, Math.abs(one), Math.abs(other))
}
