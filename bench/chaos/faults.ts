import { setTimeout as sleep } from 'node:timers/promises'
import type { ChaosCluster } from './chaos-cluster.ts'
import type { ChaosInstance } from './chaos-instance.ts'
import type { Random } from './random.ts'
import type { ResultWatch } from './result-watch.ts'

/** The kinds of faults, with the number of each in one deck. A run with as many faults as a deck has every kind. */
export const deck = { kill: 4, 'kill-wipe': 1, terminate: 2, freeze: 2, 'broker-kill': 1, 'broker-terminate': 1 } as const

export type FaultKind = keyof typeof deck

/** A fault, with the time until every partition concerned had a committed result for a record sent after it. */
export interface Recovery {
  readonly kind: FaultKind
  readonly milliseconds: number
}

export interface FaultOptions {
  readonly cluster: ChaosCluster
  readonly watch: ResultWatch
  readonly random: Random
  readonly kills: number
  /** The kinds to inject. */
  readonly only: readonly FaultKind[]
  readonly sessionTimeoutMs: number
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

const gapMs = [500, 6000] as const
const downMs = [0, 3000] as const
/** Longest wait for recovery after the last fault. The check then finds partitions that have not recovered. */
const recoveredWithinMs = 120_000

export const faultKinds = Object.keys(deck) as readonly FaultKind[]

/** Returns `count` faults, drawn from shuffled decks. */
export function drawFaults(count: number, random: Random, only: readonly FaultKind[] = faultKinds): FaultKind[] {
  const cards = only.flatMap(kind => Array.from({ length: deck[kind] }, () => kind))
  const drawn: FaultKind[] = []
  while (drawn.length < count) drawn.push(...random.shuffled(cards))
  return drawn.slice(0, count)
}

/**
 * Injects the faults at random times, also while earlier ones are not yet recovered. At least one instance is always without a fault, and the
 * broker has one fault at a time. Resolves when everything runs again and every partition has recovered, or 120 s after the last fault.
 */
export async function makeFaults(options: FaultOptions): Promise<readonly Recovery[]> {
  const { random, signal, kills, only, log } = options
  const recoveries: Recovery[] = []
  const running: Promise<void>[] = []
  for (const [at, kind] of drawFaults(kills, random, only).entries()) {
    await sleep(random.between(...gapMs), undefined, { signal })
    const target = kind.startsWith('broker') ? await brokerTurn(options) : await instanceTurn(options)
    const fault = makeFault(kind, target, options).then(recovery => {
      log(`  ${at + 1} ${kind}: recovered after ${Math.round(recovery.milliseconds)} ms`)
      recoveries.push(recovery)
    })
    log(`fault ${at + 1}/${kills}: ${kind} ${target?.name ?? ''}`)
    fault.catch(() => undefined)
    running.push(fault)
  }
  const recovered = Promise.all(running).then(() => true)
  const late = sleep(recoveredWithinMs, false, { signal, ref: false })
  if (!(await Promise.race([recovered, late]))) log('some partitions have not recovered; continuing with the check')
  return recoveries
}

async function brokerTurn({ cluster, signal }: FaultOptions): Promise<undefined> {
  while (cluster.brokerFaulty) await sleep(50, undefined, { signal })
  cluster.brokerFaulty = true
}

async function instanceTurn({ cluster, random, signal }: FaultOptions): Promise<ChaosInstance> {
  for (;;) {
    const whole = cluster.instances.filter(instance => !instance.faulty)
    const chosen = whole.length > 1 || cluster.instances.length === 1 ? random.pick(whole) : undefined
    if (chosen !== undefined) {
      chosen.faulty = true
      return chosen
    }
    await sleep(50, undefined, { signal })
  }
}

async function makeFault(kind: FaultKind, target: ChaosInstance | undefined, options: FaultOptions): Promise<Recovery> {
  const { cluster, watch } = options
  const concerned = target === undefined ? cluster.partitions : await cluster.partitionsOf(target)
  const started = performance.now()
  let recovery = Promise.resolve(0)
  // A stopping instance still works for a while, so only records sent after its end show a recovery.
  const onDown = (): void => {
    const ending = performance.now() - started
    recovery = watch.recovery(concerned).then(milliseconds => ending + milliseconds)
  }
  await (target === undefined ? hitBroker(kind, options, onDown) : hitInstance(kind, target, options, onDown))
  return { kind, milliseconds: await recovery }
}

async function hitBroker(kind: FaultKind, { cluster, random, log }: FaultOptions, onDown: () => void): Promise<void> {
  const started = performance.now()
  const broker = random.pick([...cluster.broker.indexes]) ?? 0
  await (kind === 'broker-kill' ? cluster.broker.kill(broker) : cluster.broker.stop(broker))
  onDown()
  await cluster.broker.start(broker)
  log(`  the broker answers again, ${Math.round(performance.now() - started)} ms after ${kind}`)
  cluster.brokerFaulty = false
}

async function hitInstance(kind: FaultKind, target: ChaosInstance, options: FaultOptions, onDown: () => void): Promise<void> {
  const { random, sessionTimeoutMs, signal, cluster } = options
  const down = random.between(...downMs)
  if (kind === 'freeze') {
    target.freeze()
    onDown()
    await sleep(sessionTimeoutMs * random.between(1.2, 2), undefined, { signal })
    target.thaw()
  } else {
    if (kind === 'terminate') cluster.terminated(target, await target.terminate())
    else await target.kill()
    onDown()
    if (kind === 'kill-wipe') await target.wipe()
    await sleep(down, undefined, { signal })
    target.start()
    while (!target.ready) await sleep(50, undefined, { signal })
  }
  target.faulty = false
}
