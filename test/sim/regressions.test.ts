import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runPlan } from './run-seed.ts'
import type { Fault } from './world/faults.ts'
import { plainTopics, type Setup } from './world/plan.ts'

/** Faults that simulated worlds have found, each reduced to the smallest world that shows it. */
const test = suite('what the simulation has found')

const plain: Setup = {
  brokers: 1,
  transactionVersion: 2,
  guarantee: 'exactly_once',
  instances: 2,
  partitions: 3,
  standbyReplicas: 0,
  commitIntervalMs: 20,
  transactionTimeoutMs: 5000,
  sessionTimeoutMs: 3000,
  persistent: false,
  control: false,
  batches: false,
  slowMs: 0,
  keys: 10,
  inputs: 150,
  poison: 0,
  inputMs: 2000,
  latencyMs: 0.5,
  markerMs: 2,
  replicationMs: 0,
  loadingMs: 5,
  missedMs: 3000,
  passMs: undefined,
  topics: plainTopics,
}

/** The faults that the judges find in the worlds of these seeds. */
async function wrong(setup: Partial<Setup>, seeds: number, faults: readonly Fault[] = []): Promise<string[]> {
  const found: string[] = []
  for (let seed = 1; seed <= seeds; seed++) {
    const { violations } = await runPlan({ seed, setup: { ...plain, ...setup }, faults })
    if (violations.length > 0) found.push(`seed ${seed}: ${violations[0]}`)
  }
  return found
}

test('a task that stays with its member goes on behind what it committed last, though its end is not written everywhere', async () => {
  assert.equal(await wrong({ markerMs: 100 }, 8), [])
})

test('a member whose records take longer than its session is not removed from the group while it waits for them in a rebalance', async () => {
  const slow = { slowMs: 300, partitions: 1, instances: 3, inputMs: 1500, commitIntervalMs: 20 }
  assert.equal(await wrong(slow, 2, [{ kind: 'stop', atMs: 3400, instance: 1, downMs: 2900 }]), [])
})

test('nor does a rebalance wait for a run of slow records longer than the group waits for a member', async () => {
  const slow = { brokers: 3, slowMs: 300, partitions: 1, instances: 3, inputMs: 1500, commitIntervalMs: 20, poison: 20, keys: 3 } as const
  const faults: readonly Fault[] = [
    { kind: 'kill', atMs: 1430, instance: 2, downMs: 240 },
    { kind: 'kill', atMs: 3121, instance: 0, downMs: 7638 },
  ]
  assert.equal(await wrong(slow, 2, faults), [])
})

test('a record of the far future becomes a dead letter by an instance whose clock is ahead of the broker', async () => {
  const ahead: readonly Fault[] = [{ kind: 'clock', atMs: 1, instance: 0, byMs: 1_500_000 }]
  assert.equal(await wrong({ instances: 1, inputs: 60, poison: 20 }, 2, ahead), [])
})

test('an instance that is stopped in a rebalance commits nothing of the records that it is in the middle of', async () => {
  const slow = { brokers: 3, guarantee: 'at_least_once', slowMs: 300, partitions: 2, instances: 3, inputMs: 4000 } as const
  const stops: readonly Fault[] = [
    { kind: 'stop', atMs: 3509, instance: 2, downMs: 492 },
    { kind: 'stop', atMs: 4277, instance: 0, downMs: 493 },
  ]
  assert.equal(await wrong(slow, 6, stops), [])
})

test('an instance that is stopped in a run of slow records is soon at its end, though many of them are refused', async () => {
  const slow = {
    instances: 1,
    partitions: 1,
    slowMs: 300,
    inputMs: 1500,
    poison: 20,
    guarantee: 'at_least_once',
    commitIntervalMs: 400,
  } as const
  assert.equal(await wrong(slow, 4, [{ kind: 'stop', atMs: 1600, instance: 0, downMs: 490 }]), [])
})

test('a member that joins twice before it fetches reads on from what is committed', async () => {
  const growing = { brokers: 3, batches: true, slowMs: 300, keys: 3, partitions: 2, inputMs: 4000 } as const
  const setup = { ...plain, ...growing, topics: { ...plainTopics, partitionAtMs: 2000 } }
  const moves = [
    { kind: 'leader', atMs: 2070, broker: 2, partition: 1, topic: 'input' },
    { kind: 'leader', atMs: 2100, broker: 3, partition: 1, topic: 'input' },
  ] as const
  assert.equal((await runPlan({ seed: 7, setup, faults: moves })).violations, [])
})

test('an end that a coordinator has forgotten is written as it was, though the next transaction failed before anything of it was accepted', async () => {
  const dies: readonly Fault[] = [{ kind: 'broker', atMs: 1200, broker: 1, downMs: 60, unflushed: 'kept', forgetMarkers: true }]
  assert.equal(await wrong({ markerMs: 200, inputMs: 3000 }, 4, dies), [])
})

test('an end that was asked for twice, because its coordinator has died, is made once more before anything else is written', async () => {
  const faults: readonly Fault[] = [
    { kind: 'request', atMs: 1000, api: 26, moment: 'before', skip: 0, times: 1, act: 'broker', ms: 60 },
    { kind: 'request', atMs: 1300, api: 0, moment: 'after', skip: 0, times: 1, act: 'kill', ms: 500 },
  ]
  assert.equal(await wrong({ instances: 1, inputMs: 3000, markerMs: 200, persistent: true }, 6, faults), [])
})

test('a transaction that writes a forgotten end, and is left open by an instance that dies, is ended as that end', async () => {
  const faults: readonly Fault[] = [
    { kind: 'request', atMs: 728, api: 26, moment: 'after', skip: 0, times: 1, act: 'broker', ms: 20 },
    { kind: 'request', atMs: 780, api: 25, moment: 'after', skip: 0, times: 1, act: 'kill', ms: 50 },
  ]
  assert.equal(await wrong({ instances: 1, inputMs: 3000, markerMs: 200, persistent: true }, 6, faults), [])
})

test('an end that was made once more, and is forgotten again before the id is taken for the next transaction, is written as it was', async () => {
  const faults: readonly Fault[] = [
    { kind: 'request', atMs: 1000, api: 26, moment: 'before', skip: 0, times: 1, act: 'broker', ms: 20 },
    { kind: 'request', atMs: 1001, api: 22, moment: 'after', skip: 4, times: 1, act: 'broker', ms: 60 },
  ]
  assert.equal(await wrong({ instances: 1, inputMs: 3000, markerMs: 200, persistent: true }, 3, faults), [])
})

test('a transaction that was told to end while a takeover was about to abort it keeps its end, though its coordinator dies and forgets it', async () => {
  const faults: readonly Fault[] = [
    { kind: 'request', atMs: 4500, api: 26, moment: 'before', skip: 0, times: 1, act: 'late', ms: 3200 },
    { kind: 'freeze', atMs: 4900, instance: 1, forMs: 5000 },
    { kind: 'request', atMs: 4901, api: 22, moment: 'before', skip: 1, times: 1, act: 'late', ms: 400 },
    { kind: 'broker', atMs: 8060, broker: 1, downMs: 60, unflushed: 'kept', forgetMarkers: true },
  ]
  assert.equal(await wrong({ inputMs: 6000, markerMs: 200, persistent: true }, 4, faults), [])
})

test('transaction.version 1: an end that is missing in an output is written, though the inputs rest and nothing more is committed', async () => {
  const dies: readonly Fault[] = [{ kind: 'broker', atMs: 1150, broker: 1, downMs: 60, unflushed: 'kept', forgetMarkers: true }]
  const rests = { transactionVersion: 1, instances: 1, inputs: 60, inputMs: 1000, markerMs: 200 } as const
  assert.equal(await wrong(rests, 3, dies), [])
})

test.run()
