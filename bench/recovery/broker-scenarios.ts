import { setTimeout as sleep } from 'node:timers/promises'
import type { RecoveryRun } from './recovery-run.ts'
import type { Scenario } from './scenario.ts'
import type { Trial } from './trial.ts'

/** How long a broker is away: a session of 3 s, and time to settle. */
const awayMs = 12_000
const longAwayMs = 40_000
const frozenMs = 15_000
/** After the last step of a fault. */
const afterMs = 8000
const cluster = { instances: 2, brokers: 3 } as const

/**
 * Faults of one of three brokers (three replicas, min.insync.replicas 2, a session of 3 s) under load. A trial's value is the longest time in which any
 * partition had no visible result.
 */
export const brokerScenarios: Readonly<Record<string, Scenario>> = {
  'leader-kill': {
    what: "three brokers: the leader of an input's first partition is killed",
    target: 4200,
    ...cluster,
    trial: run => killed(run, () => run.leaderIndex(), awayMs),
  },
  'coordinator-kill': {
    what: "three brokers: the group's coordinator is killed",
    target: 4500,
    ...cluster,
    trial: run => killed(run, () => run.coordinatorIndex(), awayMs),
  },
  'lowest-away': {
    what: 'three brokers: the lowest id is dead for 40 s',
    target: 4500,
    ...cluster,
    trial: run => killed(run, () => Promise.resolve(0), longAwayMs),
  },
  'rolling-restart': {
    what: 'three brokers: each is stopped (SIGTERM) and started, one after the other',
    target: 800,
    ...cluster,
    trial: run =>
      run.longestSilence(async () => {
        const { broker } = run.cluster
        for (const index of broker.indexes) {
          await broker.stop(index)
          await broker.start(index)
          await sleep(afterMs)
        }
      }),
  },
  'broker-freeze': {
    what: 'three brokers: the leader of the first partition is suspended (SIGSTOP) for 15 s',
    target: 6000,
    ...cluster,
    trial: run => frozen(run, () => run.leaderIndex()),
  },
  'controller-freeze': {
    what: 'three brokers: the active controller is suspended (SIGSTOP) for 15 s',
    target: 10_000,
    ...cluster,
    trial: run => frozen(run, () => run.controllerIndex()),
  },
}

async function frozen(run: RecoveryRun, victim: () => Promise<number>): Promise<Trial> {
  const { broker } = run.cluster
  const index = await victim()
  return run.longestSilence(async () => {
    broker.freeze(index)
    await sleep(frozenMs)
    broker.thaw(index)
    await sleep(afterMs)
  })
}

async function killed(run: RecoveryRun, victim: () => Promise<number>, ms: number): Promise<Trial> {
  const { broker } = run.cluster
  const index = await victim()
  return run.longestSilence(async () => {
    await broker.kill(index)
    await sleep(ms)
    await broker.start(index)
    await sleep(afterMs)
  })
}
