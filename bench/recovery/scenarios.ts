import { setTimeout as sleep } from 'node:timers/promises'
import type { ChaosInstance } from '../chaos/index.ts'
import { brokerScenarios } from './broker-scenarios.ts'
import type { RecoveryRun } from './recovery-run.ts'
import type { Scenario } from './scenario.ts'

const frozenMs = 15_000
const churnMs = 30_000
const churns = 10

/** Faults under load. A trial ends when each partition concerned has a committed result for a record that was sent after the fault. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  kill: { what: 'one of two instances is killed', target: 1500, instances: 2, trial: run => killed(run) },
  'kill-standby': {
    what: 'one of two instances is killed; one standby replica',
    target: 1000,
    instances: 2,
    standbyReplicas: 1,
    trial: run => killed(run),
  },
  terminate: {
    what: 'one of two instances is stopped (SIGTERM): the longest wait of a record for its result',
    target: 350,
    instances: 2,
    trial: run =>
      run.onVictim(async (victim, recovered) => {
        // It works on until its time to drain has passed.
        const wait = await run.watch.longestWait(async () => {
          await victim.terminate()
          await recovered()
        })
        victim.start()
        return wait
      }),
  },
  freeze: {
    what: 'one of two instances is suspended (SIGSTOP) for 15 s; includes the session timeout of 10 s',
    target: 12_000,
    instances: 2,
    trial: run =>
      run.onVictim(async (victim, recovered) => {
        victim.freeze()
        const thawed = sleep(frozenMs).then(() => victim.thaw())
        const recovery = await recovered()
        await thawed
        return recovery
      }),
  },
  'kill-wipe': {
    what: 'one of two instances is killed and restarted at once without its state directory',
    target: 2000,
    instances: 2,
    trial: run =>
      run.onVictim(async (victim, recovered) => {
        await victim.kill()
        const recovery = recovered()
        await victim.wipe()
        victim.start()
        return recovery
      }),
  },
  churn: {
    what: 'a third instance joins and leaves, 10 changes in 30 s: the longest wait of a record for its result',
    target: 2000,
    instances: 3,
    trial: churn,
  },
  'broker-kill': {
    what: 'the broker is killed; measured from the time when it answers again',
    target: 2000,
    instances: 2,
    trial: async ({ cluster, watch }) => {
      await cluster.broker.kill()
      await cluster.broker.start()
      return watch.recovery(cluster.partitions)
    },
  },
  ...brokerScenarios,
}

function killed(run: RecoveryRun): Promise<number> {
  return run.onVictim(async (victim, recovered) => {
    await victim.kill()
    const recovery = await recovered()
    victim.start()
    return recovery
  })
}

async function churn({ cluster, watch }: RecoveryRun): Promise<number> {
  const guest = cluster.instances.at(-1) as ChaosInstance
  const wait = await watch.longestWait(async () => {
    for (let change = 0; change < churns; change++) {
      const due = sleep(churnMs / churns)
      if (change % 2 === 0) await guest.terminate()
      else guest.start()
      await due
    }
  })
  return wait
}
