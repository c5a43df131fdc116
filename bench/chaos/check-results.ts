/** A data record, as the data topic holds it. */
export interface ChaosInput {
  readonly partition: number
  readonly offset: number
  readonly dataType: string
  /** Row of the example's file, found by the bytes of the record. */
  readonly row: number
  /** The kind of odd record; set if the record must become a dead letter. */
  readonly odd?: string
}

/** A committed dead letter: place of the original record, and the error. */
export interface ChaosDeadLetter {
  readonly partition: number
  readonly offset: number
  readonly code: string
}

/** A committed result, as the results topic holds it. */
export interface ChaosResult {
  /** Place of the result. */
  readonly partition: number
  readonly offset: number
  readonly inputPartition: number
  readonly inputOffset: number
  readonly dataType: string
  readonly status: string
  readonly version: number
  /** SHA-256 of the model, in hex. */
  readonly hash: string
  readonly score: number | null
  /** Of the record's data type in its partition, by a topology that counts; undefined: the application does not count. */
  readonly count?: number
}

/** The models of each data type in the order of their records: the first is version 1. SHA-256 in hex. */
export type PublishedModels = ReadonlyMap<string, readonly string[]>

export interface ResultHistory {
  readonly inputs: readonly ChaosInput[]
  /** In offset order within each partition. */
  readonly results: readonly ChaosResult[]
  readonly deadLetters: readonly ChaosDeadLetter[]
  readonly published: PublishedModels
  /** The score of a model for a row, computed without the stream. */
  readonly score: (hash: string, row: number) => number | undefined
  /** Whether counts must be exact; otherwise they may be too high. */
  readonly exact: boolean
}

/** Counts of faults; all are 0 if the run is right. */
export interface ResultVerdict {
  /** Inputs without a result, and odd inputs without a dead letter. */
  readonly lost: number
  /** Results after the first of an input, and dead letters after the first of an odd input. */
  readonly doubled: number
  /** First results that come after the result of a later input of the same data type and partition, in the same partition of the results. */
  readonly outOfOrder: number
  /** First results with an older version than an earlier first result of the data type, in topic order or in input order. */
  readonly versionsBack: number
  /** Results of no input, of an odd input or with another data type, and dead letters of good inputs. */
  readonly foreign: number
  /** Results whose version, model or score is not that of a published model. */
  readonly wrong: number
  /** First results whose count does not follow that of the data type's input before. */
  readonly gaps: number
  /** One sentence for each of the first faults of each kind. */
  readonly complaints: readonly string[]
}

const maxComplaints = 10
const tolerance = 1e-6

/** Compares results and dead letters with the inputs. It uses only topics, not reports of the application. */
export function checkResults(history: ResultHistory): ResultVerdict {
  const complaints = new Complaints()
  const inputs = new Map(history.inputs.map(input => [placeOf(input.partition, input.offset), input]))
  const answers = new Map<string, ChaosResult>()
  let [doubled, foreign, wrong] = [0, 0, 0]
  for (const result of history.results) {
    const place = placeOf(result.inputPartition, result.inputOffset)
    const input = inputs.get(place)
    const first = answers.get(place)
    if (input?.dataType !== result.dataType || input.odd !== undefined) {
      foreign++
      complaints.add(
        'foreign',
        `${nameOf(result)} names input ${place} of ${result.dataType}, but ${input ? `that input is of ${input.dataType}` : 'there is no such input'}`,
      )
    } else if (first !== undefined) {
      doubled++
      complaints.add('doubled', `input ${place} has result ${nameOf(first)} and again ${nameOf(result)}`)
    } else answers.set(place, result)
    const fault = input && faultOf(result, input, history)
    if (fault === undefined) continue
    wrong++
    complaints.add('wrong', `${nameOf(result)} of input ${place}: ${fault}`)
  }
  const letters = checkLetters(history.deadLetters, inputs, complaints)
  const unanswered = [...inputs].flatMap(([place, { odd }]) =>
    (odd === undefined ? answers.has(place) : letters.places.has(place)) ? [] : [place],
  )
  unanswered.forEach(place =>
    complaints.add('lost', `input ${place} has no ${inputs.get(place)?.odd === undefined ? 'result' : 'dead letter'}`),
  )
  const firsts = [...answers.values()]
  const late = outOfOrder(firsts)
  late.forEach(result =>
    complaints.add('order', `${nameOf(result)} of input ${result.inputPartition}@${result.inputOffset} is out of order`),
  )
  const back = versionsBack(firsts)
  back.forEach(result => complaints.add('back', `${nameOf(result)} of ${result.dataType} goes back to version ${result.version}`))
  const gaps = miscounted(firsts, history.exact)
  gaps.forEach(({ result, expected }) =>
    complaints.add(
      'gaps',
      `${nameOf(result)} of input ${result.inputPartition}@${result.inputOffset} counts ${result.count}, not ${expected}`,
    ),
  )
  return {
    lost: unanswered.length,
    doubled: doubled + letters.doubled,
    outOfOrder: late.length,
    versionsBack: back.size,
    foreign: foreign + letters.foreign,
    wrong,
    gaps: gaps.length,
    complaints: complaints.all,
  }
}

/** The places that have dead letters, and the letters that must not be. */
function checkLetters(
  deadLetters: readonly ChaosDeadLetter[],
  inputs: ReadonlyMap<string, ChaosInput>,
  complaints: Complaints,
): { readonly places: ReadonlySet<string>; readonly foreign: number; readonly doubled: number } {
  let [doubled, foreign] = [0, 0]
  const places = new Set<string>()
  for (const { partition, offset, code } of deadLetters) {
    const place = placeOf(partition, offset)
    if (inputs.get(place)?.odd === undefined) {
      foreign++
      complaints.add('foreign letter', `input ${place} must not have a dead letter, but has one: ${code}`)
    } else if (places.has(place)) {
      doubled++
      complaints.add('doubled letter', `input ${place} has a second dead letter: ${code}`)
    } else places.add(place)
  }
  return { places, foreign, doubled }
}

class Complaints {
  readonly all: string[] = []
  readonly #counts = new Map<string, number>()

  add(kind: string, text: string): void {
    const count = this.#counts.get(kind) ?? 0
    this.#counts.set(kind, count + 1)
    if (count < maxComplaints) this.all.push(text)
  }
}

/** The fault of a result; undefined if it is right. */
function faultOf(result: ChaosResult, { row }: ChaosInput, { published, score }: ResultHistory): string | undefined {
  const { dataType, status, version, hash } = result
  if (status !== 'OK') return `its status is ${status}`
  const model = published.get(dataType)?.[version - 1]
  if (model !== hash)
    return `version ${version} of ${dataType} is model ${model?.slice(0, 8) ?? '(not published)'}, not ${hash.slice(0, 8)}`
  const expected = score(hash, row)
  if (result.score !== null && expected !== undefined && Math.abs(result.score - expected) <= tolerance) return undefined
  return `its score is ${result.score}, but that of the model is ${expected}`
}

/** `results`: in the order of the topic. */
function outOfOrder(results: readonly ChaosResult[]): readonly ChaosResult[] {
  const furthest = new Map<string, number>()
  return results.filter(({ dataType, partition, inputPartition, inputOffset }) => {
    const order = `${dataType} ${partition}<${inputPartition}`
    const before = furthest.get(order) ?? -1
    furthest.set(order, Math.max(before, inputOffset))
    return inputOffset < before
  })
}

/** Counts of a data type in a partition, in the order of the inputs, are 1, 2, …; with `exact: false` they are never less. */
function miscounted(
  results: readonly ChaosResult[],
  exact: boolean,
): readonly { readonly result: ChaosResult; readonly expected: number }[] {
  const before = new Map<string, number>()
  return inInputOrder(results).flatMap(result => {
    const { inputPartition, dataType, count } = result
    if (count === undefined) return []
    const key = `${inputPartition} ${dataType}`
    const expected = (before.get(key) ?? 0) + 1
    before.set(key, exact ? count : expected)
    return (exact ? count === expected : count >= expected) ? [] : [{ result, expected }]
  })
}

function inInputOrder(results: readonly ChaosResult[]): readonly ChaosResult[] {
  return results.toSorted((a, b) => a.inputPartition - b.inputPartition || a.inputOffset - b.inputOffset)
}

/** Versions must not go back, neither in topic order nor in input order. What lies in different partitions has no order. */
function versionsBack(inTopicOrder: readonly ChaosResult[]): ReadonlySet<ChaosResult> {
  const back = new Set<ChaosResult>()
  for (const results of [inTopicOrder, inInputOrder(inTopicOrder)]) {
    const newest = new Map<string, number>()
    for (const result of results) {
      const key = `${result.dataType} ${result.partition}<${result.inputPartition}`
      const before = newest.get(key) ?? 0
      if (result.version < before) back.add(result)
      else newest.set(key, result.version)
    }
  }
  return back
}

function placeOf(partition: number, offset: number): string {
  return `${partition}@${offset}`
}

function nameOf({ partition, offset }: ChaosResult): string {
  return `result ${partition}@${offset}`
}
