import { env, pause } from '../../../base/index.ts'
import { topicConfigNames, topicLimits, type TopicLimits } from '../../output/index.ts'
import { isPassing, protocolErrorOf, type Admin } from '../kafka/index.ts'

type ResourceType = Parameters<Admin['describeConfigs']>[0]['resources'][number]['type']
/** The resource type of topics in Kafka's protocol. */
const topicResource = 2 as unknown as ResourceType

/** One configuration value of a topic; undefined if the broker does not return it. Throws as `topicSettings`. */
export async function topicSetting(admin: Admin, topic: string, name: string): Promise<string | undefined> {
  return (await topicSettings(admin, topic, [name])).get(name)
}

/**
 * The requested configuration values of a topic that the broker returns. Throws what kafkajs throws, TOPIC_AUTHORIZATION_FAILED if the topic may not be
 * described. The request is repeated for 5 s if the broker does not know the topic yet, and for 15 s if the broker that it is for cannot be reached: the
 * others name a dead broker until its session has ended.
 */
export async function topicSettings(admin: Admin, topic: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  for (const started = env.monotonic(); ; await pause(askEveryMs)) {
    try {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: topicResource, name: topic, configNames: [...names] }],
      })
      return new Map((resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]))
    } catch (error) {
      const patienceMs = protocolErrorOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION' ? learnMs : isPassing(error) ? sessionMs : 0
      if (env.monotonic() - started >= patienceMs) throw error
    }
  }
}

const askEveryMs = 50
/** How long brokers may take to learn of a new topic from the controller, ms. */
const learnMs = 5000
/** How long a broker that has died may still be named, ms: Kafka's `broker.session.timeout.ms` is 9 s by default. */
const sessionMs = 15_000

export interface ReadLimits {
  readonly limits: ReadonlyMap<string, TopicLimits>
  /** Topics whose configuration may not be read (right DESCRIBE_CONFIGS): they have no entry in `limits`. */
  readonly refused: readonly string[]
}

/** Reads the limits of topics with one request per topic: kafkajs returns none of them if one topic is refused. */
export async function readTopicLimits(admin: Admin, topics: readonly string[]): Promise<ReadLimits> {
  const limits = new Map<string, TopicLimits>()
  const refused: string[] = []
  const read = async (topic: string): Promise<void> => {
    try {
      limits.set(topic, limitsIn(await topicSettings(admin, topic, [...topicConfigNames, formerTimestampLimit])))
    } catch (error) {
      if (protocolErrorOf(error)?.endsWith('_AUTHORIZATION_FAILED') !== true) throw error
      refused.push(topic)
    }
  }
  await Promise.all(topics.map(read))
  return { limits, refused }
}

/** The timestamp limit of brokers before Kafka 3.6, for both directions. */
const formerTimestampLimit = 'message.timestamp.difference.max.ms'

/** A timestamp limit that the broker does not return does not exist. */
function limitsIn(settings: ReadonlyMap<string, string>): TopicLimits {
  const former = settings.get(formerTimestampLimit) ?? Infinity
  const known = Object.fromEntries([...settings].filter(([name]) => topicConfigNames.includes(name)))
  return topicLimits({ 'message.timestamp.before.max.ms': former, 'message.timestamp.after.max.ms': former, ...known })
}
