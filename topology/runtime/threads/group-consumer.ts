import { every } from '../../../base/index.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import type { StreamsConfig } from '../config/index.ts'
import { groupProtocol, type MemberFacts } from '../group/index.ts'
import { outageRetry, protocolErrorOf, type Consumer, type Kafka } from '../kafka/index.ts'
import type { ConsumerGroup, JoinHooks } from '../kafka/kafkajs-mends/index.ts'

/** kafkajs sends heartbeats between fetches, which wait for at most `fetchWaitMs`, and notices a rebalance with one of them. */
export const heartbeatMs = 200
const fetchWaitMs = 100
/** How long a rebalance waits for the members to join again, ms. */
export const rebalanceTimeoutMs = 30_000

export interface GroupConsumerParts {
  readonly kafka: Kafka
  readonly config: StreamsConfig
  readonly topology: TopologyDefinition
}

/** Makes a consumer in the application's group, not connected, which sends `facts` at each join. It commits no offsets by itself. */
export function groupConsumer({ kafka, config, topology }: GroupConsumerParts, facts: () => MemberFacts, hooks: JoinHooks): Consumer {
  return kafka.consumer({
    groupId: config.applicationId,
    sessionTimeout: config.sessionTimeoutMs,
    metadataMaxAge: config.metadataMaxAgeMs,
    rebalanceTimeout: rebalanceTimeoutMs,
    heartbeatInterval: heartbeatMs,
    maxWaitTimeInMs: fetchWaitMs,
    maxBytesPerPartition: 2 * 1024 * 1024,
    maxBytes: 16 * 1024 * 1024,
    allowAutoTopicCreation: false,
    retry: { ...outageRetry, restartOnFailure: () => Promise.resolve(false) },
    partitionAssigners: [groupProtocol(topology, facts, hooks, config.standbyReplicas)],
  })
}

/**
 * Does the work while the member of the group sends heartbeats: kafkajs sends none while it joins, so the group would remove the member if the work took long.
 * `onOvertaken` is called when the group begins another rebalance meanwhile.
 */
export async function whileBeating(group: ConsumerGroup, work: () => Promise<void>, onOvertaken?: () => void): Promise<void> {
  const beat = (): Promise<void> =>
    group.heartbeat({ interval: heartbeatMs }).catch(error => {
      if (protocolErrorOf(error) === 'REBALANCE_IN_PROGRESS') onOvertaken?.()
    })
  const beating = every(heartbeatMs, () => void beat())
  try {
    await work()
  } finally {
    beating.cancel()
  }
}
