import type { OutputColumn, Scores } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import type { ModelResult, RowOutput } from '../deciders/index.ts'
import { type Answered, ScoreResultWriter } from '../score-result-writer.ts'
import type { Racer } from './racers.ts'
import type { Answer, RecordRace } from './record-race.ts'

const { Status } = sluice.ScoreResult
const { Cause } = sluice.Decision
const { Part } = sluice.RacedModel

const causes = { all: Cause.ALL, early: Cause.EARLY, timeout: Cause.TIMEOUT, fallback: Cause.FALLBACK } as const

/** Under which policy of which data type a record was decided. */
export interface DecidedUnder {
  readonly dataType: string
  /** The number of the policy. */
  readonly policy: number
}

/** Writes the results of races, and late scores. */
export class DecisionWriter {
  /** A racer's last writer, with the policy that it writes. */
  readonly #writers = new WeakMap<Racer, { readonly policy: number; readonly writer: ScoreResultWriter }>()

  /** The result of a race with a decision. Model name, version and hash are those of the first contributor. */
  result(race: RecordRace, under: DecidedUnder): Buffer {
    const decision = Buffer.from(sluice.ScoreResult.encode({ decision: decisionOf(race) }).finish())
    return Buffer.concat([this.#plain(race, under), decision])
  }

  /** A score that came after the decision. */
  late({ racer, elapsed, ...result }: Answer, under: DecidedUnder, input: Answered): Buffer {
    const writer = this.#writerOf(racer, under)
    const plain =
      result.kind === 'error' ? writer.writeStatus(Status.FAILED, input, result.error) : writer.write(oneRow(result), () => input)[0]
    return Buffer.concat([plain as Buffer, sluice.ScoreResult.encode({ late: elapsed }).finish()])
  }

  #plain({ racers, decision, entry: { record } }: RecordRace, under: DecidedUnder): Buffer {
    const { verdict, failure } = decision ?? {}
    if (verdict === undefined) {
      const [status, error] = failure === undefined ? [Status.NO_RESULT, ''] : [Status.FAILED, `the decider failed: ${failure}`]
      const { dataType, policy } = under
      const writer = new ScoreResultWriter({ dataType, modelName: '', modelVersion: 0, modelHash: new Uint8Array(), policy })
      return writer.writeStatus(status, record, error)
    }
    const first = racers.all[verdict.contributors[0] ?? 0] as Racer
    return this.#writerOf(first, under).write(oneRow({ ...verdict, kind: 'score' }), () => record)[0] as Buffer
  }

  #writerOf(racer: Racer, { dataType, policy }: DecidedUnder): ScoreResultWriter {
    const known = this.#writers.get(racer)
    if (known?.policy === policy) return known.writer
    const { name, version, hash, role, place } = racer
    const writer = new ScoreResultWriter({
      dataType,
      modelName: name,
      modelVersion: version,
      modelHash: hash,
      role,
      policy,
      modelPartition: place?.partition ?? 0,
      modelOffset: place?.offset ?? 0,
    })
    this.#writers.set(racer, { policy, writer })
    return writer
  }
}

function decisionOf({ racers, decision, elapsed, answers }: RecordRace): sluice.Decision.$Properties {
  const { cause = 'timeout', verdict } = decision ?? {}
  return {
    cause: causes[cause],
    decider: racers.decider.name,
    budgetMs: racers.policy.budgetMs,
    elapsed,
    models: racers.all.map((racer, place) => ({
      name: racer.name,
      version: racer.version,
      hash: racer.hash,
      ...partOf(answers[place], verdict?.contributors.includes(place) === true),
      fallback: place >= racers.racing,
    })),
  }
}

function partOf(answer: Answer | undefined, contributed: boolean): sluice.RacedModel.$Properties {
  if (answer === undefined) return { part: Part.MISSING }
  const { kind, elapsed, score, label, error } = answer
  if (kind === 'error') return { part: Part.FAILED, elapsed, ...(error === undefined ? {} : { error }) }
  if (kind === 'abstain') return { part: Part.ABSTAINED, elapsed }
  return { part: contributed ? Part.CONTRIBUTED : Part.OUTVOTED, elapsed, score, ...(label === undefined ? {} : { label }) }
}

/** Scores of one row. */
function oneRow({ kind, score, label, outputs }: Pick<ModelResult, 'kind' | 'score' | 'label' | 'outputs'>): Scores {
  const noResult = kind === 'score' ? undefined : Uint8Array.of(1)
  return {
    length: 1,
    score: Float64Array.of(score),
    labels: label === undefined ? undefined : [label],
    noResult,
    outputs: outputs.map(columnOf),
  }
}

function columnOf({ name, numbers, texts }: RowOutput): OutputColumn {
  return texts.length > 0
    ? { name, kind: 'text', width: texts.length, values: texts }
    : { name, kind: 'number', width: numbers.length, values: numbers }
}
