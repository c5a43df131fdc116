import type { NodeDefinition, SubTopology, TopologyDefinition } from '../../topology-definition.ts'

/** For ever: retention goes by event times, and would take old records before they are read. What is processed is deleted by `RepartitionPurge`. */
export const repartitionRetentionMs = -1

/** Whether the application makes the topics of this node. */
export function isInternal(node: NodeDefinition): boolean {
  return node.kind !== 'processor' && node.internal
}

/**
 * The internal topics through which records get new keys, with their numbers of partitions: that of the topics that are read together with the internal
 * one, else that of the inputs from which its records come. `counts`: of all other topics.
 */
export function repartitionTopics({ subTopologies }: TopologyDefinition, counts: ReadonlyMap<string, number>): Map<string, number> {
  const found = new Map<string, number>()
  const left = subTopologies.flatMap(sub =>
    sub.nodes.flatMap(node => (node.kind === 'source' && node.internal ? node.topics.map(topic => ({ topic, sub })) : [])),
  )
  const countIn = (sub: SubTopology): number | undefined =>
    sub.sourceTopics.map(topic => counts.get(topic) ?? found.get(topic)).find(count => count !== undefined)
  // One may depend on another: each turn settles at least one, or those that are left depend on themselves.
  for (let settled = true; settled;) {
    settled = false
    for (const { topic, sub } of left) {
      if (found.has(topic)) continue
      const count =
        countIn(sub) ??
        writersOf(subTopologies, topic)
          .map(countIn)
          .find(each => each !== undefined)
      if (count === undefined) continue
      found.set(topic, count)
      settled = true
    }
  }
  for (const { topic } of left) if (!found.has(topic)) found.set(topic, 1)
  return found
}

function writersOf(subTopologies: readonly SubTopology[], topic: string): SubTopology[] {
  return subTopologies.filter(({ nodes }) => nodes.some(node => node.kind === 'sink' && node.topic === topic))
}
