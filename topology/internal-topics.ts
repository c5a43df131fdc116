import { type ErrorCode, SluiceError } from '../base/index.ts'
import { shownValue } from '../base/options/index.ts'
import type { NodeDefinition, StoreDefinition, TopologyDefinition } from './topology-definition.ts'

/** The changelog of a store. */
export function changelogTopic(applicationId: string, store: string): string {
  return `${applicationId}-${store}-changelog`
}

interface Parts {
  readonly nodes: readonly NodeDefinition[]
  readonly stores: readonly StoreDefinition[]
}

/**
 * Checks that no node has a topic that the application keeps for itself: a changelog that is an input is written to while it is read, and one that
 * something else is written to cannot be restored. The nodes have the full names of their topics. Throws TOPOLOGY_INVALID.
 */
export function checkInternalTopics(parts: Parts, applicationId: string): void {
  const owners = internalTopics(parts, applicationId)
  for (const node of parts.nodes.filter(each => !isRepartition(each)))
    for (const topic of topicsOf(node))
      refuseOwned('TOPOLOGY_INVALID', `topic ${shownValue(topic)} of ${node.kind} ${shownValue(node.name)}`, owners.get(topic))
}

/** Checks that dead letters go to a topic that the application neither reads nor keeps for itself. Throws CONFIG_INVALID. */
export function checkDeadLetterTopic({ subTopologies }: TopologyDefinition, applicationId: string, topic: string): void {
  const nodes = subTopologies.flatMap(sub => sub.nodes)
  const what = `deadLetterTopic ${shownValue(topic)} (option of SluiceStreams)`
  refuseOwned('CONFIG_INVALID', what, internalTopics({ nodes, stores: subTopologies.flatMap(sub => sub.stores) }, applicationId).get(topic))
  const reader = nodes.find(node => node.kind === 'source' && node.topics.includes(topic))
  if (reader !== undefined)
    throw new SluiceError(
      'CONFIG_INVALID',
      `${what} is an input: source ${shownValue(reader.name)} reads it, so a record that cannot be processed would come back for ever; name another topic`,
    )
}

function refuseOwned(code: ErrorCode, what: string, owner: string | undefined): void {
  if (owner !== undefined) throw new SluiceError(code, `${what} is ${owner}, which the application keeps for itself: name another topic`)
}

/** What each topic is that the application keeps for itself. */
function internalTopics({ nodes, stores }: Parts, applicationId: string): ReadonlyMap<string, string> {
  const logged = stores.filter(({ builder }) => builder.logged)
  return new Map([
    ...logged.map(({ builder: { name } }) => [changelogTopic(applicationId, name), `the changelog of store ${shownValue(name)}`] as const),
    ...nodes
      .filter(node => node.kind === 'source' && isRepartition(node))
      .flatMap(node => topicsOf(node).map(topic => [topic, `the repartition topic of ${shownValue(node.name)}`] as const)),
  ])
}

function topicsOf(node: NodeDefinition): readonly string[] {
  return node.kind === 'source' ? node.topics : node.kind === 'sink' ? [node.topic] : []
}

/** Whether the node is one of the pair that `addRepartition` adds. A sink of a topic that is the application's otherwise creates it. */
function isRepartition(node: NodeDefinition): boolean {
  return (node.kind === 'source' && node.internal) || (node.kind === 'sink' && node.internal && node.created !== true)
}
