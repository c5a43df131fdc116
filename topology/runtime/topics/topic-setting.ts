import { topicConfigNames, topicLimits, type TopicLimits } from '../../output/index.ts'
import { pause, protocolErrorOf, type Admin } from '../kafka/index.ts'

type ResourceType = Parameters<Admin['describeConfigs']>[0]['resources'][number]['type']
/** A topic's number in Kafka's protocol. */
const topicResource = 2 as unknown as ResourceType

/** A topic's configuration, as the broker has it; undefined when it tells nothing of that name. */
export async function topicSetting(admin: Admin, topic: string, name: string): Promise<string | undefined> {
  return (await topicSettings(admin, topic, [name])).get(name)
}

/**
 * Those settings of a topic that the broker tells. Throws what kafkajs throws, TOPIC_AUTHORIZATION_FAILED where it may not be described. The broker that is
 * asked may not know a new topic yet: it is asked again for a moment.
 */
export async function topicSettings(admin: Admin, topic: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  for (const started = Date.now(); ; await pause(askEveryMs)) {
    try {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: topicResource, name: topic, configNames: [...names] }],
      })
      return new Map((resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]))
    } catch (error) {
      if (protocolErrorOf(error) !== 'UNKNOWN_TOPIC_OR_PARTITION' || Date.now() - started >= learnMs) throw error
    }
  }
}

const askEveryMs = 50
/** How far the brokers may be behind their controller. */
const learnMs = 5000

export interface ReadLimits {
  readonly limits: ReadonlyMap<string, TopicLimits>
  /** Topics whose configuration may not be read (DESCRIBE_CONFIGS): they have no limits in the map. */
  readonly refused: readonly string[]
}

/** What each topic takes. One request a topic: kafkajs tells nothing of any when one of them is refused. */
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

/** Of brokers before 3.6, for both directions. */
const formerTimestampLimit = 'message.timestamp.difference.max.ms'

/** A broker that tells of its configuration and not of a limit has none. */
function limitsIn(settings: ReadonlyMap<string, string>): TopicLimits {
  const former = settings.get(formerTimestampLimit) ?? Infinity
  const known = Object.fromEntries([...settings].filter(([name]) => topicConfigNames.includes(name)))
  return topicLimits({ 'message.timestamp.before.max.ms': former, 'message.timestamp.after.max.ms': former, ...known })
}
