import type { NodeDefinition, SourceDefinition, SubTopology, TopologyDefinition } from './topology-definition.ts'

/** A readable form of a topology. */
export interface TopologyDescription {
  /** Text in the form that Kafka Streams prints. */
  toString(): string
  /** A Mermaid flow chart: topics and stores are cylinders, sub-topologies are boxes. */
  toMermaid(): string
}

export function describe(topology: TopologyDefinition): TopologyDescription {
  return { toString: () => text(topology), toMermaid: () => mermaid(topology) }
}

function text(topology: TopologyDefinition): string {
  const lines = ['Topologies:']
  for (const sub of topology.subTopologies) {
    lines.push(`   Sub-topology: ${sub.id}`)
    for (const node of sub.nodes) lines.push(...nodeText(node, sub))
    lines.push('')
  }
  return lines.join('\n')
}

function nodeText(node: NodeDefinition, sub: SubTopology): string[] {
  const children = childrenOf(node, sub)
  const to = `      --> ${children.length > 0 ? children.join(', ') : 'none'}`
  if (node.kind === 'source') return [`    Source: ${node.name} (topics: [${node.topics.join(', ')}]${readingOf(node)})`, to]
  const from = `      <-- ${node.parents.join(', ')}`
  if (node.kind === 'sink') return [`    Sink: ${node.name} (topic: ${node.topic})`, from]
  const globalStores = globalStoresOf(node, sub)
  const followed = globalStores.length > 0 ? `, global stores: [${globalStores.join(', ')}]` : ''
  return [`    Processor: ${node.name} (stores: [${storesOf(node, sub).join(', ')}]${followed})`, to, from]
}

function readingOf({ bootstrap, replay }: SourceDefinition): string {
  return `${bootstrap ? ', read first' : ''}${replay ? ', from the beginning' : ''}`
}

function mermaid(topology: TopologyDefinition): string {
  const lines = ['flowchart LR']
  const ids = new Map<string, string>()
  const id = (kind: string, name: string): string => {
    const key = `${kind}:${name}`
    if (!ids.has(key)) ids.set(key, `${kind}${ids.size}`)
    return ids.get(key) as string
  }
  const topic = (name: string): string => `${id('topic', name)}[("${escape(name)}")]`
  const edges: string[] = []
  for (const sub of topology.subTopologies) {
    lines.push(`  subgraph sub${sub.id}["Sub-topology ${sub.id}"]`)
    for (const node of sub.nodes) lines.push(`    ${id('node', node.name)}["${escape(node.name)}"]`)
    for (const store of sub.stores) lines.push(`    ${id('store', store.builder.name)}[("${escape(store.builder.name)}")]`)
    lines.push('  end')
    for (const node of sub.nodes) {
      if (node.kind === 'source') for (const name of node.topics) edges.push(`  ${topic(name)} --> ${id('node', node.name)}`)
      else for (const parent of node.parents) edges.push(`  ${id('node', parent)} --> ${id('node', node.name)}`)
      if (node.kind === 'sink') edges.push(`  ${id('node', node.name)} --> ${topic(node.topic)}`)
      if (node.kind !== 'processor') continue
      for (const store of storesOf(node, sub)) edges.push(`  ${id('node', node.name)} -.- ${id('store', store)}`)
      for (const store of globalStoresOf(node, sub)) edges.push(`  ${id('store', store)} -. global store .-> ${id('node', node.name)}`)
    }
  }
  return [...lines, ...edges, ''].join('\n')
}

function childrenOf(node: NodeDefinition, sub: SubTopology): string[] {
  return sub.nodes.filter(other => other.kind !== 'source' && other.parents.includes(node.name)).map(other => other.name)
}

function storesOf(node: NodeDefinition, sub: SubTopology): string[] {
  return sub.stores.filter(store => store.processors.includes(node.name)).map(store => store.builder.name)
}

function globalStoresOf(node: NodeDefinition, sub: SubTopology): string[] {
  return sub.globalStores.filter(store => store.processors.includes(node.name)).map(store => store.builder.name)
}

function escape(name: string): string {
  return name.replaceAll('"', '#quot;')
}
