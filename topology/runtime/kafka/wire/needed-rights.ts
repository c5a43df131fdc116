/** The subject of a request to a broker: the names among kafkajs' arguments. */
export interface AskedFor {
  readonly groupId?: string
  readonly groupIds?: readonly string[]
  readonly transactionalId?: string
  readonly coordinatorType?: number
}

/** The resource of each of Kafka's authorization errors. */
const resources = {
  TOPIC_AUTHORIZATION_FAILED: 'topic',
  GROUP_AUTHORIZATION_FAILED: 'group',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'transactional id',
  CLUSTER_AUTHORIZATION_FAILED: 'cluster',
} as const

type Resource = (typeof resources)[keyof typeof resources]

/** The rights that requests need on each resource, from Kafka's table of operations, by kafkajs' names of the requests. */
const rights: Readonly<Record<string, Partial<Record<Resource, string>>>> = {
  metadata: { topic: 'DESCRIBE' },
  describeTopics: { topic: 'DESCRIBE' },
  listOffsets: { topic: 'DESCRIBE' },
  fetch: { topic: 'READ' },
  describeProducers: { topic: 'READ' },
  produce: { topic: 'WRITE', 'transactional id': 'WRITE', cluster: 'IDEMPOTENT_WRITE' },
  createTopics: { topic: 'CREATE', cluster: 'CREATE' },
  createPartitions: { topic: 'ALTER' },
  deleteTopics: { topic: 'DELETE' },
  deleteRecords: { topic: 'DELETE' },
  describeConfigs: { topic: 'DESCRIBE_CONFIGS', cluster: 'DESCRIBE_CONFIGS' },
  alterConfigs: { topic: 'ALTER_CONFIGS', cluster: 'ALTER_CONFIGS' },
  findGroupCoordinator: { group: 'DESCRIBE', 'transactional id': 'DESCRIBE' },
  describeGroups: { group: 'DESCRIBE' },
  joinGroup: { group: 'READ' },
  syncGroup: { group: 'READ' },
  heartbeat: { group: 'READ' },
  leaveGroup: { group: 'READ' },
  offsetFetch: { group: 'DESCRIBE', topic: 'DESCRIBE' },
  offsetCommit: { group: 'READ', topic: 'READ' },
  deleteGroups: { group: 'DELETE' },
  initProducerId: { 'transactional id': 'WRITE', cluster: 'IDEMPOTENT_WRITE' },
  addPartitionsToTxn: { 'transactional id': 'WRITE', topic: 'WRITE' },
  addOffsetsToTxn: { 'transactional id': 'WRITE', group: 'READ' },
  txnOffsetCommit: { 'transactional id': 'WRITE', group: 'READ', topic: 'READ' },
  endTxn: { 'transactional id': 'WRITE' },
}

/** The missing right, such as "WRITE on topic results"; undefined if the error is not an authorization error. */
export function neededRight(method: string, type: string, asked: AskedFor & { readonly topics: readonly string[] }): string | undefined {
  const resource = type in resources ? resources[type as keyof typeof resources] : undefined
  if (resource === undefined) return undefined
  const right = rights[method]?.[resource] ?? 'for it'
  if (resource === 'cluster') return `${right} on the cluster`
  const names =
    resource === 'topic' ? asked.topics : resource === 'group' ? groupsOf(asked) : [asked.transactionalId ?? asked.groupId ?? '']
  const on = `${right} on ${resource}${names.length > 1 ? 's' : ''} ${names.join(', ')}`
  // Without the right, Kafka does not tell whether the topic exists.
  return method === 'metadata' || method === 'describeTopics' ? `${on} (where it exists)` : on
}

function groupsOf({ groupId, groupIds }: AskedFor): readonly string[] {
  return groupIds ?? (groupId === undefined ? [] : [groupId])
}
