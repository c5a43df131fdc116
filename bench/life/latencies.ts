import { longestEcho, type Span } from '../echo/index.ts'
import { quantile } from '../quantile.ts'

/** What went on while a record waited: the first of these that did. */
export const stretches = ['kill', 'join', 'swap', 'quiet'] as const
export type Stretch = (typeof stretches)[number]

export interface Marked extends Span {
  readonly stretch: Exclude<Stretch, 'quiet'>
}

const bounds = [5, 10, 20, 30, 50, 75, 100, 200, 500, 1000, 2000, 5000] as const
/** Longer than this nobody waits for a swap, ms. */
export const mostWaitMs = 50

/** What a stretch did to the records that were under way in it. */
export interface Latencies {
  readonly records: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** Records that took longer than 50 ms, and those of them that took so much longer than any echo of that time. */
  readonly over: number
  readonly unexplained: number
  /** The longest time beyond that of the longest echo of that time, ms. */
  readonly beyondEcho: number
  /** The number of records up to each bound, ms. */
  readonly histogram: Readonly<Record<string, number>>
}

interface Waited {
  readonly sentAt: number
  readonly seenAt: number
}

/** The records of each stretch. */
export function byStretch<T extends Waited>(answers: readonly T[], marked: readonly Marked[]): Readonly<Record<Stretch, readonly T[]>> {
  const found: Record<Stretch, T[]> = { kill: [], join: [], swap: [], quiet: [] }
  for (const answer of answers) {
    const during = marked.filter(({ from, to }) => answer.sentAt <= to && answer.seenAt >= from)
    found[stretches.find(stretch => stretch === 'quiet' || during.some(each => each.stretch === stretch)) ?? 'quiet'].push(answer)
  }
  return found
}

export function latenciesOf(answers: readonly Waited[], echoes: readonly Span[]): Latencies {
  const waits = answers.map(({ sentAt, seenAt }) => seenAt - sentAt)
  const late = answers.filter(({ sentAt, seenAt }) => seenAt - sentAt > mostWaitMs)
  const beyond = late.map(({ sentAt, seenAt }) => seenAt - sentAt - longestEcho(echoes, { from: sentAt, to: seenAt }))
  return {
    records: waits.length,
    p50: quantile(waits, 0.5),
    p99: quantile(waits, 0.99),
    max: waits.reduce((most, wait) => Math.max(most, wait), 0),
    over: late.length,
    unexplained: beyond.filter(wait => wait > mostWaitMs).length,
    beyondEcho: beyond.reduce((most, wait) => Math.max(most, wait), 0),
    histogram: histogramOf(waits),
  }
}

function histogramOf(waits: readonly number[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>([...bounds.map(bound => [`≤${bound}`, 0] as const), [`>${bounds.at(-1)}`, 0]])
  for (const wait of waits) {
    const bound = bounds.find(each => wait <= each)
    const name = bound === undefined ? `>${bounds.at(-1)}` : `≤${bound}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return Object.fromEntries(counts)
}
