import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KafkaCluster } from '../../cli/kafka/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { newCluster } from '../../topology/runtime/kafka/index.ts'
import { createTopology } from './counting-topology.ts'
import { eventually, KafkaFixture } from './fixture.ts'

export interface ClusterContext {
  dir: string
  cluster: KafkaCluster
  fixture: KafkaFixture
  streams: SluiceStreams
  /** The number of assignments so far. */
  assigned: number
  rounds: number
}

/** The shortest that brokers accept by default. */
export const sessionTimeoutMs = 6000
const keys = Array.from({ length: 40 }, (_, at) => `k${at}`)

/** A suite in which each test has three brokers and an instance that counts the records of keys. */
export function clusterSuite(name: string) {
  const test = suite<ClusterContext>(name)
  test.before.each(async context => {
    context.dir = await mkdtemp(join(tmpdir(), 'moved-brokers-'))
    context.cluster = await KafkaCluster.start({ dir: context.dir, brokers: 3 })
    const fixture = new KafkaFixture(context.cluster.brokers.join(','))
    context.fixture = fixture
    await fixture.createTopics({ words: {}, out: {} })
    context.assigned = 0
    context.rounds = 0
    const topology = createTopology({ input: fixture.topic('words'), output: fixture.topic('out') })
    const log = (_level: string, message: string): void => void (message === 'assigned' && context.assigned++)
    const options = { applicationId: fixture.id, brokers: fixture.brokers, sessionTimeoutMs }
    context.streams = new SluiceStreams(topology, { ...options, listener: { log } })
    await context.streams.start()
    await roundTrip(context)
  })
  test.after.each(async ({ streams, cluster, dir }) => {
    await streams.stop()
    await cluster.close()
    await rm(dir, { recursive: true, force: true })
  })
  return test
}

/** Sends a record for each key, and waits for the results of all records so far. */
export async function roundTrip(context: ClusterContext): Promise<void> {
  const { fixture } = context
  context.rounds++
  await fixture.produce(
    'words',
    keys.map(key => ({ key: Buffer.from(key), value: Buffer.from('x') })),
  )
  await eventually(
    async () => (await fixture.readAll('out')).length,
    count => count === context.rounds * keys.length,
  )
}

export async function countsAreWhole({ fixture, rounds }: ClusterContext): Promise<void> {
  const results = await fixture.readAll('out')
  for (const key of keys) {
    const counts = results.filter(each => String(each.key) === key).map(({ value }) => Number(String(value)))
    assert.equal(
      counts,
      Array.from({ length: rounds }, (_, at) => at + 1),
      key,
    )
  }
}

/** The indices of the brokers that lead the first partition of the input and coordinate the group. */
export async function places({ fixture, cluster }: ClusterContext): Promise<{ readonly leader: number; readonly coordinator: number }> {
  const brokers = newCluster(fixture.kafka)
  await brokers.connect()
  try {
    await brokers.addMultipleTargetTopics([fixture.topic('words')])
    const { nodeId } = (await brokers.findGroupCoordinator({ groupId: fixture.id })) as unknown as { readonly nodeId: number }
    const leader = brokers.findTopicPartitionMetadata(fixture.topic('words')).find(({ partitionId }) => partitionId === 0)?.leader
    return { leader: cluster.indexOf(leader ?? -1), coordinator: cluster.indexOf(nodeId) }
  } finally {
    await brokers.disconnect()
  }
}
