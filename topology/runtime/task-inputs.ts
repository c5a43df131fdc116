import type { TaskId } from '../queryable-streams.ts'
import type { TopologyDefinition } from '../topology-definition.ts'
import type { TopicPartitions } from './group-protocol.ts'
import type { JoinedGroup } from './kafkajs-mends/join-hook.ts'
import { RecordQueue } from './record-queue.ts'

/** Queues for each task's partitions, at the committed offsets. */
export async function taskInputs(
  { subTopologies }: TopologyDefinition,
  ids: readonly TaskId[],
  { assignment, group }: { readonly assignment: TopicPartitions; readonly group: JoinedGroup['group'] },
): Promise<Map<TaskId, RecordQueue[]>> {
  await group.offsetManager.resolveOffsets()
  const asked = Object.entries(assignment).map(([topic, list]) => ({
    topic,
    partitions: list.map(partition => ({ partition })),
    fromBeginning: false,
  }))
  const ends = new Map<string, number>()
  for (const { topic, partitions } of await group.cluster.fetchTopicsOffset(asked)) {
    for (const { partition, offset } of partitions) ends.set(`${topic}-${partition}`, Number(offset))
  }
  const readFirst = new Set(
    subTopologies.flatMap(sub => sub.nodes.flatMap(node => (node.kind === 'source' && node.readFirst ? node.topics : []))),
  )
  return new Map(
    ids.map(id => {
      const [sub, partition] = id.split('_').map(Number) as [number, number]
      const topics = subTopologies.find(each => each.id === sub)?.sourceTopics ?? []
      const queues = topics.map(topic => {
        const position = Number(group.offsetManager.nextOffset(topic, partition).toString())
        const end = ends.get(`${topic}-${partition}`) ?? 0
        return new RecordQueue({ topic, partition, readFirst: readFirst.has(topic), position, end })
      })
      return [id, queues]
    }),
  )
}
