import { type Cluster, errors, TopicConfigs } from '../cluster/index.ts'
import type { Handler } from './handlers.ts'

/** What administrators do to topics. */
export function makeCreateTopics(cluster: Cluster): Handler<'createTopics'> {
  return (body, _call, respond) => {
    const topics = body.topics.map(({ name, partitions, replication, configs }) => {
      const config = Object.fromEntries(configs.map(each => [each.name, each.value ?? '']))
      const options = { partitions: partitions === -1 ? 1 : partitions, config, ...(replication === -1 ? {} : { replication }) }
      const error = body.validateOnly ? errors.none : cluster.createTopic(name, options)
      return { name, error, message: error === errors.topicAlreadyExists ? `Topic '${name}' already exists.` : null }
    })
    respond({ topics })
  }
}

export function makeDeleteTopics(cluster: Cluster): Handler<'deleteTopics'> {
  return (body, _call, respond) => respond({ topics: body.names.map(name => ({ name, error: cluster.deleteTopic(name) })) })
}

export function makeCreatePartitions(cluster: Cluster): Handler<'createPartitions'> {
  return (body, _call, respond) => {
    const topics = body.topics.map(({ name, count }) => {
      const topic = cluster.topics.get(name)
      if (topic === undefined) return { name, error: errors.unknownTopicOrPartition, message: null }
      const has = topic.partitions.length
      if (count <= has) return { name, error: errors.invalidPartitions, message: `The topic ${name} currently has ${has} partition(s)` }
      if (!body.validateOnly) cluster.addPartitions(topic, count)
      return { name, error: errors.none, message: null }
    })
    respond({ topics })
  }
}

const topicResource = 2
const brokerResource = 4
/** The one setting of brokers that can be altered here. */
const verification = 'transaction.partition.verification.enable'

export function makeDescribeConfigs(cluster: Cluster): Handler<'describeConfigs'> {
  return (body, _call, respond) => {
    const resources = body.resources.map(({ type, name, keys }) => {
      const topic = cluster.topics.get(name)
      const error = type === topicResource && topic === undefined ? errors.unknownTopicOrPartition : errors.none
      return { error, message: null, type, name, configs: type === topicResource ? (topic?.configs.describe(keys) ?? []) : [] }
    })
    respond({ resources })
  }
}

export function makeAlterConfigs(cluster: Cluster): Handler<'alterConfigs'> {
  const alter = (type: number, name: string, config: Readonly<Record<string, string>>, validateOnly: boolean): number => {
    if (type === brokerResource) {
      if (Object.keys(config).some(key => key !== verification)) return errors.invalidConfig
      if (!validateOnly) cluster.verifies = config[verification] !== 'false'
      return errors.none
    }
    const topic = cluster.topics.get(name)
    if (type !== topicResource || topic === undefined) return errors.unknownTopicOrPartition
    if (!Object.keys(config).every(key => TopicConfigs.knows(key))) return errors.invalidConfig
    if (!validateOnly) topic.configs.set(config)
    return errors.none
  }
  return (body, _call, respond) => {
    const resources = body.resources.map(({ type, name, configs }) => {
      const config = Object.fromEntries(configs.map(each => [each.name, each.value ?? '']))
      return { error: alter(type, name, config, body.validateOnly), message: null, type, name }
    })
    respond({ resources })
  }
}
