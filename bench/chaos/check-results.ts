/** A data record, as the data topic holds it. */
export interface ChaosInput {
  readonly partition: number
  readonly offset: number
  readonly dataType: string
  /** Which row of the example's file it is, told from its bytes. */
  readonly row: number
  /** The kind of a record that is to become a dead letter instead. */
  readonly odd?: string
}

/** A committed dead letter: the record that it was. */
export interface ChaosDeadLetter {
  readonly partition: number
  readonly offset: number
  readonly code: string
}

/** A committed result, as the results topic holds it. */
export interface ChaosResult {
  /** Of the result itself. */
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
}

/** The models of each data type in the order of their records: the first is version 1. SHA-256 in hex. */
export type PublishedModels = ReadonlyMap<string, readonly string[]>

export interface ResultHistory {
  readonly inputs: readonly ChaosInput[]
  /** In offset order within each partition. */
  readonly results: readonly ChaosResult[]
  readonly deadLetters: readonly ChaosDeadLetter[]
  readonly published: PublishedModels
  /** What a model says of a row, asked without the stream. */
  readonly score: (hash: string, row: number) => number | undefined
}

/** Counts of results or inputs; all 0: nothing to complain of. */
export interface ResultVerdict {
  /** Inputs without a result, or odd ones without a dead letter. */
  readonly lost: number
  /** Results beyond an input's first, and dead letters beyond an odd one's first. */
  readonly doubled: number
  /** First results that come after the result of a later input of the same partition. */
  readonly outOfOrder: number
  /** First results of an older version than one before them of the same data type, in the order of the topic or of the inputs. */
  readonly versionsBack: number
  /** Results that answer no input, or an odd one, or under another data type; dead letters of good inputs. */
  readonly foreign: number
  /** Results that are not what a published model says of the row, under that model's version. */
  readonly wrong: number
  /** A sentence for each of the first few of a kind. */
  readonly complaints: readonly string[]
}

const maxComplaints = 10
const tolerance = 1e-6

/** Holds the results against the inputs. It trusts nothing that the application says of itself. */
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
  const letters = new Set<string>()
  for (const { partition, offset, code } of history.deadLetters) {
    const place = placeOf(partition, offset)
    if (inputs.get(place)?.odd === undefined) {
      foreign++
      complaints.add('foreign letter', `input ${place} must not have a dead letter, but has one: ${code}`)
    } else if (letters.has(place)) {
      doubled++
      complaints.add('doubled letter', `input ${place} has a second dead letter: ${code}`)
    } else letters.add(place)
  }
  const unanswered = [...inputs].flatMap(([place, { odd }]) =>
    (odd === undefined ? answers.has(place) : letters.has(place)) ? [] : [place],
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
  return { lost: unanswered.length, doubled, outOfOrder: late.length, versionsBack: back.size, foreign, wrong, complaints: complaints.all }
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

/** What is wrong with the result itself; undefined: nothing. */
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
  const furthest = new Map<number, number>()
  return results.filter(({ inputPartition, inputOffset }) => {
    const before = furthest.get(inputPartition) ?? -1
    furthest.set(inputPartition, Math.max(before, inputOffset))
    return inputOffset < before
  })
}

/** Versions must rise in the order of the topic and in that of the inputs. */
function versionsBack(inTopicOrder: readonly ChaosResult[]): ReadonlySet<ChaosResult> {
  const inInputOrder = inTopicOrder.toSorted((a, b) => a.inputPartition - b.inputPartition || a.inputOffset - b.inputOffset)
  const back = new Set<ChaosResult>()
  for (const results of [inTopicOrder, inInputOrder]) {
    const newest = new Map<string, number>()
    for (const result of results) {
      const before = newest.get(result.dataType) ?? 0
      if (result.version < before) back.add(result)
      else newest.set(result.dataType, result.version)
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
