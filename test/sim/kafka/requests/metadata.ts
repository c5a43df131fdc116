import { type Cluster, errors, type Topic } from '../cluster/index.ts'
import { apis } from '../wire/index.ts'
import type { Handler } from './handlers.ts'

const noId = Buffer.alloc(16)

/** Brokers, topics and leaders. A broker that is gone is named until it is missed, also as the controller, for which Kafka names any broker. */
export function makeMetadata(cluster: Cluster): Handler<'metadata'> {
  return (body, { version }, respond) => {
    const all = body.topics === null || (version === 0 && body.topics.length === 0)
    const names = all ? [...cluster.topics.keys()] : (body.topics ?? []).map(({ name }) => name ?? '')
    const brokers = cluster.brokers.filter(({ fenced }) => !fenced)
    respond({
      brokers: brokers.map(({ id, host, port }) => ({ id, host, port })),
      clusterId: 'simulated',
      controller: brokers[Math.floor(cluster.host.random() * brokers.length)]?.id ?? -1,
      topics: names.map(name => described(cluster, name, cluster.topics.get(name))),
    })
  }
}

function described(cluster: Cluster, name: string, topic: Topic | undefined) {
  if (topic === undefined) return { error: errors.unknownTopicOrPartition, name, id: noId, internal: false, partitions: [] }
  const partitions = topic.partitions.map(({ index, leader, leaderEpoch, replicas, isr }) => ({
    error: leader < 0 ? errors.leaderNotAvailable : errors.none,
    index,
    leader,
    leaderEpoch,
    replicas,
    isr,
    offline: replicas.filter(id => cluster.broker(id).fenced),
  }))
  return { error: errors.none, name, id: topic.id, internal: topic.internal, partitions }
}

const metadataVersion = { name: 'metadata.version', min: 7, max: 29 }

export function makeApiVersions(transactionVersion: number): Handler<'apiVersions'> {
  const answer = {
    error: errors.none,
    apis: Object.values(apis).map(({ key, min, max }) => ({ key, min, max })),
    features: {
      supported: [metadataVersion, { name: 'transaction.version', min: 0, max: 2 }],
      finalized: [
        { ...metadataVersion, min: metadataVersion.max },
        { name: 'transaction.version', min: transactionVersion, max: transactionVersion },
      ],
    },
  }
  return (_body, _call, respond) => respond(answer)
}
