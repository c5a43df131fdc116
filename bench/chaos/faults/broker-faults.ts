import { setTimeout as sleep } from 'node:timers/promises'
import { newCluster } from '../../../topology/runtime/kafka/index.ts'
import { applicationId, changelogs, topics } from '../chaos-topics.ts'
import type { FaultKind } from './fault-kinds.ts'
import type { FaultOptions, OnDown } from './fault-options.ts'

const frozenMs = [2000, 14_000] as const
const downMs = [0, 3000] as const
const moved = [topics.data, topics.results, changelogs.state, '__consumer_offsets', '__transaction_state'] as const
/** How long a partition may take to get its replicas back. */
const movedWithinMs = 20_000

/** Makes a fault of a broker; resolves when all brokers run again. */
export async function hitBroker(kind: FaultKind, options: FaultOptions, onDown: OnDown): Promise<void> {
  const { cluster, random, log, signal } = options
  const { broker } = cluster
  const started = performance.now()
  try {
    if (kind === 'leader-move') {
      await moveLeader(options)
      onDown()
      return
    }
    const index = kind === 'coordinator-kill' ? await coordinator(options) : (random.pick([...broker.indexes]) ?? 0)
    if (kind === 'broker-stop') {
      broker.freeze(index)
      onDown()
      await sleep(random.between(...frozenMs), undefined, { signal }).finally(() => broker.thaw(index))
    } else {
      await (kind === 'broker-terminate' ? broker.stop(index) : broker.kill(index))
      onDown()
      if (broker.indexes.length > 1) await sleep(random.between(...downMs), undefined, { signal })
      await broker.start(index)
    }
    log(`  broker ${index + 1} answers again, ${Math.round(performance.now() - started)} ms after ${kind}`)
  } finally {
    cluster.brokerFaulty = false
  }
}

/** The broker that coordinates the application's group. */
async function coordinator({ kafka, cluster }: FaultOptions): Promise<number> {
  const client = newCluster(kafka)
  await client.connect()
  const { nodeId } = (await client.findGroupCoordinator({ groupId: applicationId })) as unknown as { readonly nodeId: number }
  await client.disconnect()
  return Math.max(0, cluster.broker.indexOf(nodeId))
}

/** Takes a partition from the broker that leads it, then makes that broker a replica again. */
async function moveLeader({ kafka, random, log, signal }: FaultOptions): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const topic = random.pick(moved) ?? topics.data
    const { topics: described } = await admin.fetchTopicMetadata({ topics: [topic] })
    const partition = random.pick(described[0]?.partitions ?? [])
    if (partition === undefined) return
    const { partitionId, leader, replicas } = partition
    const others = replicas.filter(each => each !== leader)
    log(`  ${topic}-${partitionId} leaves broker ${leader}`)
    const assign = (to: readonly number[]): Promise<void> =>
      admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment: [{ partition: partitionId, replicas: [...to] }] }] })
    await assign(others)
    await sleep(500, undefined, { signal })
    await assign([...others, leader])
    for (const end = performance.now() + movedWithinMs; performance.now() < end; await sleep(300, undefined, { signal })) {
      const [now] = (await admin.fetchTopicMetadata({ topics: [topic] })).topics
      if (now?.partitions.find(each => each.partitionId === partitionId)?.isr.length === replicas.length) return
    }
  } finally {
    await admin.disconnect()
  }
}
