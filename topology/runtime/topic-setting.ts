import type { Admin } from './kafka-clients.ts'

type ResourceType = Parameters<Admin['describeConfigs']>[0]['resources'][number]['type']
/** A topic's number in Kafka's protocol. */
const topicResource = 2 as unknown as ResourceType

/** A topic's configuration, as the broker has it; undefined when it tells nothing of that name. */
export async function topicSetting(admin: Admin, topic: string, name: string): Promise<string | undefined> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: topicResource, name: topic, configNames: [name] }],
  })
  return resources[0]?.configEntries.find(entry => entry.configName === name)?.configValue
}
