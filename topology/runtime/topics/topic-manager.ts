import { changelogSettings } from './changelog-settings.ts'
import { resetSteps } from './reset-steps.ts'
import { createTopics, existingTopics, waitForLeaders } from './topic-admin.ts'
import { messageOf, SluiceError } from '../../../base/index.ts'
import { changelogTopic } from '../../internal-topics.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { NodeDefinition, SubTopology, TopologyDefinition } from '../../topology-definition.ts'
import { protocolErrorOf, type Admin } from '../kafka/index.ts'
import { checkDeadLetterLimits, deadLetterMaxBytes, type TopicLimits } from '../../output/index.ts'
import type { StreamsConfig } from '../config/index.ts'
import { isInternal, repartitionRetentionMs, repartitionTopics } from './repartition-topics.ts'
import { readTopicLimits } from './topic-setting.ts'

/** The topics of a topology with their partitions; all have been checked, and internal topics created. */
export interface TopicLayout {
  readonly partitionCounts: ReadonlyMap<string, number>
  /** The number of partitions of each sub-topology, by its id. */
  readonly partitionsOf: readonly number[]
  readonly tasks: readonly TaskId[]
  /** For how long Kafka keeps the deletions of each changelog, ms; 0 if unknown. */
  readonly tombstonesMs: ReadonlyMap<string, number>
  /** The limits of output, changelog and dead-letter topics; topics that are not named have Kafka's default limits. */
  readonly limits?: ReadonlyMap<string, TopicLimits>
}

export function taskIdOf(subTopology: number, partition: number): TaskId {
  return `${subTopology}_${partition}`
}

/** The sub-topology and partition of a task id. Throws RangeError if there is no such sub-topology. */
export function taskOf(topology: TopologyDefinition, id: TaskId): { readonly sub: SubTopology; readonly partition: number } {
  const [subId, partition] = id.split('_').map(Number) as [number, number]
  const sub = topology.subTopologies.find(candidate => candidate.id === subId)
  if (sub === undefined) throw new RangeError(`no sub-topology ${subId}`)
  return { sub, partition }
}

type Names = Pick<StreamsConfig, 'applicationId' | 'deadLetterTopic' | 'createPartitions' | 'listener'>

/**
 * Checks that the input and output topics exist, or creates them if `createPartitions` is set, and that the inputs of one sub-topology have equal partition
 * counts; creates missing internal topics: for new keys, changelogs, the dead-letter topic. Throws TOPIC_MISSING or TOPIC_MISMATCH with the topics and the remedy, and as `createTopics`.
 */
export async function prepareTopics(admin: Admin, topology: TopologyDefinition, names: Names): Promise<TopicLayout> {
  const { applicationId } = names
  const external = externalTopics(topology)
  // No need to wait for topics that are created if they are missing: creating one that exists is not a failure.
  const existing = await existingTopics(admin, external, names.createPartitions === undefined ? undefined : 0)
  const missing = external.filter(topic => !existing.has(topic))
  if (missing.length > 0) {
    if (names.createPartitions === undefined) {
      throw new SluiceError(
        'TOPIC_MISSING',
        `missing topics: ${missing.join(', ')}. Create them first; inputs of one sub-topology need the same number of partitions`,
      )
    }
    await createExternal(admin, topology, existing, names.createPartitions)
  }
  const counts = await waitForLeaders(admin, external)
  await createRepartitionTopics(admin, topology, counts)
  const partitionsOf = topology.subTopologies.map(sub => commonCount(sub, counts))
  const internal = internalTopics(topology, names, partitionsOf)
  const internalNames = internal.map(({ topic }) => topic)
  await createMissing(admin, internal, await existingTopics(admin, internalNames, 0))
  for (const [topic, count] of await waitForLeaders(admin, internalNames)) counts.set(topic, count)
  for (const [topic, count] of await createOutputs(admin, createdOutputs(topology, partitionsOf), names)) counts.set(topic, count)
  const changelogs = internal.filter(({ cleanup }) => cleanup === 'compact').map(({ topic }) => topic)
  for (const { topic, partitions, cleanup } of internal) {
    const found = counts.get(topic)
    if (cleanup === 'compact' && found !== partitions) {
      throw new SluiceError(
        'TOPIC_MISMATCH',
        `changelog "${topic}" has ${found} partitions, but its inputs have ${partitions}: give the inputs ${found} partitions; or, to begin anew, ${resetSteps(applicationId, changelogs)}`,
      )
    }
  }
  const tasks = topology.subTopologies.flatMap((sub, at) =>
    Array.from({ length: partitionsOf[at] as number }, (_, partition) => taskIdOf(sub.id, partition)),
  )
  const outputs = topology.subTopologies.flatMap(sub => sub.nodes.flatMap(node => (node.kind === 'sink' ? [node.topic] : [])))
  const written = outputs.filter(topic => counts.has(topic))
  const [limits, tombstonesMs] = await Promise.all([
    limitsOf(admin, [...new Set([...written, ...internal.map(({ topic }) => topic)])], names),
    changelogSettings(admin, changelogs, { applicationId, log: names.listener.log }),
  ])
  const ofLetters = limits.get(names.deadLetterTopic)
  if (ofLetters !== undefined) checkDeadLetterLimits(names.deadLetterTopic, ofLetters)
  return { partitionCounts: counts, partitionsOf, tasks, limits, tombstonesMs }
}

async function limitsOf(admin: Admin, topics: readonly string[], { listener }: Names): Promise<ReadonlyMap<string, TopicLimits>> {
  const { limits, refused } = await readTopicLimits(admin, topics)
  if (refused.length > 0)
    listener.log?.(
      'warn',
      "cannot read the settings of topics: the right DESCRIBE_CONFIGS on them is missing. Kafka's default limits are assumed",
      {
        topics: refused.join(', '),
      },
    )
  return limits
}

interface NewTopic {
  readonly topic: string
  readonly partitions: number
  readonly cleanup: 'compact' | 'delete'
  /** `max.message.bytes` of the topic; undefined: the broker's default. */
  readonly maxBytes?: number
  /** `retention.ms` of the topic; undefined: the broker's default. */
  readonly retentionMs?: number
}

function internalTopics(topology: TopologyDefinition, names: Names, partitionsOf: readonly number[]): NewTopic[] {
  const changelogs = topology.subTopologies.flatMap((sub, at) =>
    sub.stores
      .filter(store => store.builder.logged)
      .map(store => ({
        topic: changelogTopic(names.applicationId, store.builder.name),
        partitions: partitionsOf[at] as number,
        cleanup: 'compact' as const,
      })),
  )
  return [
    ...changelogs,
    { topic: names.deadLetterTopic, partitions: Math.max(...partitionsOf), cleanup: 'delete', maxBytes: deadLetterMaxBytes },
  ]
}

/**
 * Creates the missing ones among output topics that the application creates, each for itself: one that this client may not create or see is told, and missed
 * only by what is written to it.
 */
async function createOutputs(admin: Admin, wanted: readonly NewTopic[], { listener }: Names): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const output of wanted) {
    const { topic } = output
    try {
      await createMissing(admin, [output], await existingTopics(admin, [topic], 0))
      for (const [found, count] of await waitForLeaders(admin, [topic])) counts.set(found, count)
    } catch (error) {
      const isForbidden = protocolErrorOf(error) === 'TOPIC_AUTHORIZATION_FAILED'
      if (!isForbidden && (!(error instanceof SluiceError) || error.code !== 'NOT_AUTHORIZED')) throw error
      listener.log?.('warn', 'an output topic is missing, or hidden; records for it would fail the thread', {
        topic,
        error: messageOf(error),
      })
    }
  }
  return counts
}

/** Output topics that the application creates. What it tells of itself is kept for ever. */
function createdOutputs({ subTopologies }: TopologyDefinition, partitionsOf: readonly number[]): NewTopic[] {
  const found = new Map<string, NewTopic>()
  for (const [at, { nodes }] of subTopologies.entries())
    for (const node of nodes) {
      if (node.kind !== 'sink' || node.created !== true) continue
      const partitions = Math.max(partitionsOf[at] as number, found.get(node.topic)?.partitions ?? 0)
      found.set(node.topic, { topic: node.topic, partitions, cleanup: 'delete', ...(node.internal ? { retentionMs: -1 } : {}) })
    }
  return [...found.values()]
}

function externalTopics(topology: TopologyDefinition): string[] {
  const topics = topology.subTopologies.flatMap(({ nodes }) => nodes.flatMap(externalTopicsOf))
  return [...new Set(topics)]
}

function externalTopicsOf(node: NodeDefinition): readonly string[] {
  if (isInternal(node) || (node.kind === 'sink' && node.created === true)) return []
  return node.kind === 'source' ? node.topics : node.kind === 'sink' ? [node.topic] : []
}

/** Creates missing internal topics for records with new keys, and adds the partition counts of all to `counts`. */
async function createRepartitionTopics(admin: Admin, topology: TopologyDefinition, counts: Map<string, number>): Promise<void> {
  const wanted = repartitionTopics(topology, counts)
  if (wanted.size === 0) return
  const names = [...wanted.keys()]
  const topics = [...wanted].map(([topic, partitions]) => ({
    topic,
    partitions,
    cleanup: 'delete' as const,
    retentionMs: repartitionRetentionMs,
  }))
  await createMissing(admin, topics, await existingTopics(admin, names, 0))
  for (const [topic, count] of await waitForLeaders(admin, names)) counts.set(topic, count)
}

function commonCount(sub: SubTopology, counts: ReadonlyMap<string, number>): number {
  const inputs = sub.sourceTopics.map(topic => ({ topic, count: counts.get(topic) as number }))
  const first = inputs[0] as { topic: string; count: number }
  if (inputs.some(input => input.count !== first.count)) {
    const list = inputs.map(input => `${input.topic} has ${input.count}`).join(', ')
    const internal = sub.nodes.flatMap(node => (node.kind === 'source' && node.internal ? node.topics : []))
    const remedy =
      internal.length === 0 ? '' : `; ${internal.join(', ')} was made by the application: once all its records are processed, delete it`
    throw new SluiceError('TOPIC_MISMATCH', `topics that are joined need the same number of partitions: ${list}${remedy}`)
  }
  return first.count
}

/** Creates missing input and output topics. Joined inputs get as many partitions as one of them that exists; bootstrap inputs are compacted. */
async function createExternal(
  admin: Admin,
  topology: TopologyDefinition,
  existing: Pick<ReadonlySet<string>, 'has'>,
  partitions: number,
): Promise<void> {
  const known = await waitForLeaders(
    admin,
    externalTopics(topology).filter(topic => existing.has(topic)),
  )
  for (const { nodes, sourceTopics } of topology.subTopologies) {
    const count = sourceTopics.map(topic => known.get(topic)).find(found => found !== undefined) ?? partitions
    const control = new Set(nodes.flatMap(node => (node.kind === 'source' && node.bootstrap ? node.topics : [])))
    const topics = nodes.flatMap(externalTopicsOf)
    await createMissing(
      admin,
      // A topic may belong to a source and a sink.
      [...new Set(topics)].map(topic => ({ topic, partitions: count, cleanup: control.has(topic) ? 'compact' : 'delete' })),
      existing,
    )
  }
}

async function createMissing(admin: Admin, wanted: readonly NewTopic[], existing: Pick<ReadonlySet<string>, 'has'>): Promise<void> {
  const topics = wanted
    .filter(({ topic }) => !existing.has(topic))
    .map(({ topic, partitions, cleanup, maxBytes, retentionMs }) => ({
      topic,
      numPartitions: partitions,
      configEntries: [
        { name: 'cleanup.policy', value: cleanup },
        ...(maxBytes === undefined ? [] : [{ name: 'max.message.bytes', value: String(maxBytes) }]),
        ...(retentionMs === undefined ? [] : [{ name: 'retention.ms', value: String(retentionMs) }]),
      ],
    }))
  // Another instance that starts at the same time may create the topics first: then `createTopics` resolves with false.
  if (topics.length > 0) await createTopics(admin, topics)
}
