import { messageOf } from '../../../base/index.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import type { StreamsConfig } from '../config/index.ts'
import { isPassing, type Admin } from '../kafka/index.ts'
import { prepareTopics, type TopicLayout } from './topic-manager.ts'

export interface ReachableTopicsOptions {
  readonly config: StreamsConfig
  /** Resolves once a broker answers. */
  readonly reachable: () => Promise<void>
}

/** Checks and creates the topology's topics. If the brokers become unreachable, waits for them and begins again. Throws as `prepareTopics`. */
export async function prepareReachableTopics(
  admin: Admin,
  topology: TopologyDefinition,
  { config, reachable }: ReachableTopicsOptions,
): Promise<TopicLayout> {
  for (;;) {
    await reachable()
    try {
      await admin.connect()
      return await prepareTopics(admin, topology, config)
    } catch (error) {
      if (!isPassing(error)) throw error
      config.listener.log?.('warn', 'the brokers became unreachable while the topics were checked: waiting for them', {
        error: messageOf(error),
      })
    }
  }
}
