import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Answered } from './fuzz-worker.ts'
import { type KindName, kindOf } from './kinds.ts'

/** A stall is longer than this, ms. */
const mostStallMs = 50
/** How often an input must do so again to count. */
const stallTries = 2
const startMs = 120_000
const mostTold = 20

/** What came of the inputs of one kind. */
export interface Tally {
  readonly kind: KindName
  inputs: number
  taken: number
  refused: number
  /** Inputs on which the process ended, or did not answer in time; on which another's was not answered; with a cause that says nothing. */
  crashes: number
  hangs: number
  broken: number
  unclear: number
  stalls: number
  longestStallMs: number
  /** A line for each of the first faults, with its seed. */
  readonly told: string[]
}

export interface FuzzRun {
  readonly kind: KindName
  readonly from: number
  /** Whether to go on with this seed. */
  readonly more: (seed: number) => boolean
}

/** Gives inputs to a process until it is enough; a process that ends or hangs is replaced. */
export async function runKind({ kind, from, more }: FuzzRun): Promise<Tally> {
  const tally: Tally = {
    kind,
    inputs: 0,
    taken: 0,
    refused: 0,
    crashes: 0,
    hangs: 0,
    broken: 0,
    unclear: 0,
    stalls: 0,
    longestStallMs: 0,
    told: [],
  }
  const { mostMs } = await kindOf(kind)
  let child: ChildProcess | undefined
  for (let seed = from; more(seed); seed++) {
    child ??= await started(kind)
    tally.inputs++
    const answered = await again(child, seed, mostMs, await ask(child, seed, mostMs))
    count(tally, seed, answered)
    if (typeof answered === 'string') {
      child.kill('SIGKILL')
      child = undefined
    }
  }
  if (child !== undefined) {
    const ended = once(child, 'exit')
    child.send('end')
    await ended
  }
  return tally
}

async function started(kind: KindName): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('fuzz-worker.ts', import.meta.url)), [kind], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ready = await Promise.race([
    once(child, 'message').then(() => true),
    once(child, 'exit').then(() => false),
    new Promise<boolean>(resolve => setTimeout(resolve, startMs, false).unref()),
  ])
  if (ready) return child
  child.kill('SIGKILL')
  throw new Error(`the process for ${kind} did not start`)
}

/** A text: how the process failed. */
async function ask(child: ChildProcess, seed: number, mostMs: number): Promise<Answered | 'hung' | `ended ${string}`> {
  const asked = new AbortController()
  const { signal } = asked
  let timer: NodeJS.Timeout | undefined
  const answers = [
    once(child, 'message', { signal }).then(([answered]) => answered as Answered),
    once(child, 'exit', { signal }).then(([code, how]) => `ended ${String(code ?? how)}` as const),
    new Promise<'hung'>(resolve => (timer = setTimeout(resolve, mostMs, 'hung'))),
  ]
  for (const each of answers) each.catch(() => undefined)
  child.send(seed)
  const first = await Promise.race(answers)
  clearTimeout(timer)
  asked.abort()
  return first
}

/** An input on which the event loop stood still is given again: what a busy machine, a collection of garbage or the first use of a format did is not its own. */
async function again(child: ChildProcess, seed: number, mostMs: number, first: Awaited<ReturnType<typeof ask>>): Promise<typeof first> {
  let answered = first
  for (let tries = 0; tries < stallTries; tries++) {
    if (typeof answered === 'string' || typeof answered.outcome !== 'string' || answered.stallMs <= mostStallMs) break
    const next = await ask(child, seed, mostMs)
    if (typeof next === 'string') return next
    answered = { outcome: next.outcome, stallMs: Math.min(answered.stallMs, next.stallMs) }
  }
  return answered
}

function count(tally: Tally, seed: number, answered: Awaited<ReturnType<typeof ask>>): void {
  const tell = (what: string): void => {
    if (tally.told.length < mostTold) tally.told.push(`${tally.kind} seed ${seed}: ${what}`)
  }
  if (typeof answered === 'string') {
    if (answered === 'hung') tally.hangs++
    else tally.crashes++
    return tell(answered)
  }
  const { outcome, stallMs } = answered
  tally.longestStallMs = Math.max(tally.longestStallMs, stallMs)
  if (stallMs > mostStallMs) {
    tally.stalls++
    tell(`the event loop stood still for ${Math.round(stallMs)} ms`)
  }
  if (outcome === 'taken') tally.taken++
  else if (outcome === 'refused') tally.refused++
  else if ('unclear' in outcome) {
    tally.unclear++
    tell(`unclear: ${outcome.unclear.slice(0, 500)}`)
  } else {
    tally.broken++
    tell(`another's input was not answered: ${outcome.broken.slice(0, 1000)}`)
  }
}
