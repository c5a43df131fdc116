import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../../base/index.ts'
import type { ChaosInstance } from '../chaos-instance.ts'
import { hitBroker } from './broker-faults.ts'
import { deck, drawFaults, type FaultKind, possibleFaults } from './fault-kinds.ts'
import type { FaultOptions } from './fault-options.ts'
import { hitInstance } from './instance-faults.ts'

/** A fault, with the time until every partition concerned had a committed result for a record sent after it. */
export interface Recovery {
  readonly kind: FaultKind
  readonly milliseconds: number
}

const gapMs = [500, 6000] as const
/** Longest wait for recovery after the last fault. The check then finds partitions that have not recovered. */
const recoveredWithinMs = 120_000

/**
 * Injects the faults at random times, also while earlier ones are not yet recovered. At least one instance is always without a fault, and the
 * brokers have one fault at a time. Resolves when everything runs again and every partition has recovered, or 120 s after the last fault.
 */
export async function makeFaults(options: FaultOptions): Promise<readonly Recovery[]> {
  const { random, signal, kills, faults, cluster, log } = options
  const recoveries: Recovery[] = []
  const running: Promise<void>[] = []
  const possible = possibleFaults(faults, cluster.broker.indexes.length)
  for (const [at, kind] of drawFaults(possible.length > 0 ? kills : 0, random, possible).entries()) {
    await sleep(random.between(...gapMs), undefined, { signal })
    const { hits } = deck[kind]
    const target = hits === 'instance' ? await instanceTurn(options) : undefined
    if (hits === 'broker') await brokerTurn(options)
    log(`fault ${at + 1}/${kills}: ${kind} ${target?.name ?? ''}`)
    const fault = makeFault(kind, target, options).then(
      recovery => {
        log(`  ${at + 1} ${kind}: recovered after ${Math.round(recovery.milliseconds)} ms`)
        recoveries.push(recovery)
      },
      (error: unknown) => log(`  ${at + 1} ${kind}: could not be made: ${messageOf(error)}`),
    )
    running.push(fault)
  }
  const recovered = Promise.all(running).then(() => true)
  const late = sleep(recoveredWithinMs, false, { signal, ref: false })
  if (!(await Promise.race([recovered, late]))) log('some partitions have not recovered; continuing with the check')
  return recoveries
}

async function brokerTurn({ cluster, signal }: FaultOptions): Promise<void> {
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
  if (target !== undefined) await hitInstance(kind, target, options, onDown).finally(() => (target.faulty = false))
  else if (deck[kind].hits === 'broker') await hitBroker(kind, options, onDown)
  else {
    await publish(kind === 'model-slow' ? 'slow' : 'fail', options)
    onDown()
  }
  return { kind, milliseconds: await recovery }
}

const modelsAtOnce = [1, 4] as const

async function publish(how: 'slow' | 'fail', { load, random }: FaultOptions): Promise<void> {
  for (let left = Math.round(random.between(...modelsAtOnce)); left > 0; left--) await load.publish(how)
}
