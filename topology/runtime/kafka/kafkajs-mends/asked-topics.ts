import type { Admin, Cluster } from 'kafkajs'
import type { Mend } from './mend.ts'

/** A broker's description of a topic. */
export interface DescribedTopic {
  readonly topic: string
  /** Kafka's error code; 0: none. */
  readonly topicErrorCode: number
  /** `leader` −1: the partition has no leader at the moment. */
  readonly partitionMetadata: readonly { readonly partitionErrorCode: number; readonly partitionId: number; readonly leader: number }[]
}

interface Metadata {
  readonly topicMetadata: readonly DescribedTopic[]
}

interface Parts {
  encode(this: void): Promise<unknown>
  parse(this: void, decoded: Metadata): Promise<Metadata>
}

interface MetadataRequest {
  readonly request: { encode(): Promise<unknown> }
  readonly response: { decode(bytes: Buffer): Promise<Metadata>; parse(decoded: Metadata): Promise<Metadata> }
}

export interface AskedBroker {
  readonly allowAutoTopicCreation: boolean
  readonly connectionPool: { send(protocol: object): Promise<Metadata> }
  lookupRequest(apiKey: number, definition: unknown): (query: object) => MetadataRequest
  disconnect(): Promise<void>
}

interface BrokerMethods {
  metadata: (this: AskedBroker, topics?: readonly string[]) => Promise<Metadata>
  /** Describes each topic, also those that are missing or have no leader. */
  describeTopics?: (this: AskedBroker, topics: readonly string[]) => Promise<readonly DescribedTopic[]>
}

interface PoolMethods {
  refreshMetadata: (this: object, topics: readonly string[]) => Promise<unknown>
}

interface AdminOptions {
  readonly cluster: {
    readonly brokerPool: {
      refreshMetadataIfNecessary(topics: readonly string[]): Promise<unknown>
      withBroker<T>(ask: (found: { readonly broker: Required<BrokerMethods> & AskedBroker }) => Promise<T>): Promise<T>
    }
  }
}

type DescribingAdmin = Admin & { readonly describeTopics: (topics: readonly string[]) => Promise<readonly DescribedTopic[]> }

/** Describes each of the topics, also those that are missing or have no leader. Throws if the client may not describe one. */
export function describeTopics(admin: Admin, topics: readonly string[]): Promise<readonly DescribedTopic[]> {
  return (admin as DescribingAdmin).describeTopics(topics)
}

interface WithBrokers {
  readonly brokerPool: { findConnectedBroker(): Promise<Required<BrokerMethods> & AskedBroker> }
}

/**
 * The number of partitions of each topic; no entry for a topic that is missing, or that the client may not describe. The topics are not added to the
 * cluster's target topics, because all its requests fail once a target topic is deleted. Throws the errors of the connection.
 */
export async function partitionCounts(cluster: Cluster, topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const topic of topics) {
    const broker = await (cluster as Cluster & WithBrokers).brokerPool.findConnectedBroker()
    const [found] = await broker.describeTopics([topic]).catch((error: { readonly type?: string }) => {
      if (error.type === 'TOPIC_AUTHORIZATION_FAILED') return []
      throw error
    })
    if (found !== undefined && found.partitionMetadata.length > 0) counts.set(topic, found.partitionMetadata.length)
  }
  return counts
}

/** The list for a request of no topics, recognized by identity: kafkajs takes any empty list for "all topics". */
const none: readonly string[] = Object.freeze([])
const metadataKey = 3
/** The error codes that are states of a topic: none; UNKNOWN_TOPIC_OR_PARTITION; LEADER_NOT_AVAILABLE, as of a topic that is being created. */
const states: ReadonlySet<number> = new Set([0, 3, 5])

/**
 * kafkajs requests all topics when its list of topics is empty. A client that only looks for brokers or a coordinator then gets all topics of the
 * cluster, and fails if any of them has no leader. (Upstream issues 1460, 1520, 1769.)
 */
export const askedTopicsMend: Mend = {
  defect: 'a topic of another application that has no leader fails every request for brokers',
  apply(modules) {
    const createAdmin = modules.load('src/admin/index.js') as (options: AdminOptions) => Admin
    modules.replace('src/admin/index.js', (options: AdminOptions): DescribingAdmin => {
      const { brokerPool } = options.cluster
      return {
        ...createAdmin(options),
        async describeTopics(topics) {
          await brokerPool.refreshMetadataIfNecessary([])
          return brokerPool.withBroker(({ broker }) => broker.describeTopics(topics))
        },
      }
    })
    const { requests } = modules.load('src/protocol/requests/index.js') as { requests: { Metadata: unknown } }
    const Encoder = modules.load('src/protocol/encoder.js') as new () => {
      writeArray(values: readonly string[]): { writeBoolean(value: boolean): object }
    }
    const broker = modules.load('src/broker/index.js') as { prototype: BrokerMethods }
    const pool = modules.load('src/cluster/brokerPool.js') as { prototype: PoolMethods }
    const { metadata } = broker.prototype
    const { refreshMetadata } = pool.prototype
    const { createErrorFromCode } = modules.load('src/protocol/error.js') as { createErrorFromCode: (code: number) => Error }
    const withStates = (decoded: Metadata): Promise<Metadata> => {
      const wrong = decoded.topicMetadata.find(({ topicErrorCode }) => !states.has(topicErrorCode))
      return wrong === undefined ? Promise.resolve(decoded) : Promise.reject(createErrorFromCode(wrong.topicErrorCode))
    }
    const ask = async (asked: AskedBroker, topics: readonly string[], parts: Partial<Parts> = {}): Promise<Metadata> => {
      const { encode, parse = decoded => Promise.resolve(decoded) } = parts
      const { request, response } = asked.lookupRequest(
        metadataKey,
        requests.Metadata,
      )({
        topics,
        allowAutoTopicCreation: asked.allowAutoTopicCreation,
      })
      try {
        return await asked.connectionPool.send({
          request: encode === undefined ? request : { ...request, encode },
          response: { decode: (bytes: Buffer) => response.decode(bytes), parse },
        })
      } catch (error) {
        if ((error as Error).name === 'KafkaJSConnectionClosedError') await asked.disconnect()
        throw error
      }
    }
    // The request from version 4 on, which all brokers since 0.11 accept: topics, and whether to create them.
    const encodeNone = (): Promise<unknown> => Promise.resolve(new Encoder().writeArray(none).writeBoolean(false))
    broker.prototype.metadata = function (topics = []) {
      if (topics === none) return ask(this, none, { encode: encodeNone })
      return topics.length === 0 ? ask(this, topics) : metadata.call(this, topics)
    }
    broker.prototype.describeTopics = async function (topics) {
      return topics.length === 0 ? [] : (await ask(this, topics, { parse: withStates })).topicMetadata
    }
    pool.prototype.refreshMetadata = function (topics) {
      return refreshMetadata.call(this, topics.length === 0 ? none : topics)
    }
  },
}
