import { SluiceError } from '../base/index.ts'
import { escapedText, kafkaName, isObject, shownValue } from '../base/options/index.ts'
import { splitIntoSubTopologies } from './sub-topologies.ts'
import type { NodeDefinition, StoreDefinition } from './topology-definition.ts'

/** The parts of a node as a program gave them, of any type. */
interface GivenNode {
  readonly kind: NodeDefinition['kind'] | 'repartition'
  readonly name: unknown
  readonly topics: unknown
  readonly supplier?: unknown
  readonly parents?: readonly unknown[]
}

const topicName = kafkaName(249)

/** Checks the types of a node's parts and the names of its topics; `checkTopology` checks what they refer to. Throws TOPOLOGY_INVALID. */
export function checkNode({ kind, name, topics, supplier, parents = [] }: GivenNode): void {
  if (name === '') fail(`a ${kind} has an empty name`)
  if (typeof name !== 'string') fail(`the name ${shownValue(name)} of a ${kind} is not allowed; allowed: text that is not empty`)
  const node = `${kind} ${shownValue(name)}`
  if (!Array.isArray(topics))
    fail(`topics ${shownValue(topics)} of ${node} are not allowed; allowed: the name of a topic, or a list of names`)
  // An empty name has a message of its own: see checkTopics. Array.from shows the holes of a list.
  const odd = Array.from(topics as unknown[]).findIndex(topic => topic !== '' && !topicName.accepts(topic))
  if (odd !== -1) fail(`topic ${shownValue((topics as unknown[])[odd])} of ${node} is not allowed; allowed: ${topicName.allowed}`)
  if (kind === 'processor' && typeof supplier !== 'function')
    fail(`supplier ${shownValue(supplier)} of ${node} is not allowed; allowed: a function that returns a processor`)
  if (isClass(supplier))
    fail(
      `supplier class ${shownValue(supplier.name)} of ${node} is not allowed; allowed: a function that returns a processor, such as () => new ${escapedText(supplier.name || 'Processor')}()`,
    )
  checkNames(parents, `parent of ${node}`)
  const twice = parents.find((parent, at) => parents.indexOf(parent) < at)
  if (twice !== undefined) fail(`${node} has the parent ${shownValue(twice)} twice, so it would receive each record twice`)
}

/** A class cannot be called without `new`. */
function isClass(value: unknown): value is { readonly name: string } {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))
}

/** Checks the types of a store and of the names of its processors. Throws TOPOLOGY_INVALID. */
export function checkBuilder(builder: unknown, processors: readonly unknown[]): void {
  if (!isObject(builder) || typeof builder['name'] !== 'string' || typeof builder['open'] !== 'function')
    fail(`store ${shownValue(builder)} is not allowed; allowed: what keyValueStore, or another function for stores, returns`)
  else checkNames(processors, `processor of store ${shownValue(builder['name'])}`)
}

/** Checks the types of names of nodes or stores. Throws TOPOLOGY_INVALID. */
export function checkNames(names: readonly unknown[], what: string, allowed = 'the name of a node'): void {
  const odd = names.findIndex(name => typeof name !== 'string')
  if (odd !== -1) fail(`${what}: ${shownValue(names[odd])} is not allowed; allowed: ${allowed}`)
}

/** Throws TOPOLOGY_INVALID for the first mistake that is found. */
export function checkTopology(nodes: readonly NodeDefinition[], stores: readonly StoreDefinition[]): void {
  const byName = new Map(nodes.map(node => [node.name, node]))
  if (!nodes.some(node => node.kind === 'source')) fail('the topology has no source, so it would never receive a record')
  checkTopics(nodes)
  for (const node of nodes) if (node.kind !== 'source') checkParents(node.name, node.parents, byName)
  checkCycles(nodes, byName)
  checkStoreNames(stores)
  for (const store of stores) checkStore(store, byName)
}

/** A store's directory has its name, and the file systems of macOS and Windows do not tell "c" from "C". Throws TOPOLOGY_INVALID. */
function checkStoreNames(stores: readonly StoreDefinition[]): void {
  const names = new Map<string, string>()
  for (const { builder } of stores) {
    const other = names.get(builder.name.toLowerCase())
    if (other !== undefined)
      fail(
        `stores ${shownValue(other)} and ${shownValue(builder.name)} differ only in capitals, so some file systems would have one directory for both: give them other names`,
      )
    names.set(builder.name.toLowerCase(), builder.name)
  }
}

function checkTopics(nodes: readonly NodeDefinition[]): void {
  const readBy = new Map<string, string>()
  for (const node of nodes) {
    if (node.kind === 'sink' && node.topic === '') fail(`sink ${shownValue(node.name)} has no topic`)
    if (node.kind !== 'source') continue
    if (node.topics.length === 0) fail(`source ${shownValue(node.name)} has no topic`)
    for (const topic of node.topics) {
      if (topic === '') fail(`source ${shownValue(node.name)} has a topic without a name`)
      const other = readBy.get(topic)
      if (other !== undefined)
        fail(
          `topic ${shownValue(topic)} is read by two sources, ${shownValue(other)} and ${shownValue(node.name)}: connect both processors to one`,
        )
      readBy.set(topic, node.name)
    }
  }
}

function checkParents(name: string, parents: readonly string[], byName: ReadonlyMap<string, NodeDefinition>): void {
  if (parents.length === 0) fail(`node ${shownValue(name)} has no parent, so it would never receive a record`)
  for (const parent of parents) {
    const node = byName.get(parent)
    if (node === undefined) fail(`node ${shownValue(name)} has the parent ${shownValue(parent)}, which was not added`)
    else if (node.kind === 'sink') fail(`node ${shownValue(name)} has the sink ${shownValue(parent)} as a parent: a sink has no children`)
  }
}

function checkCycles(nodes: readonly NodeDefinition[], byName: ReadonlyMap<string, NodeDefinition>): void {
  const done = new Set<string>()
  const visit = (node: NodeDefinition, path: readonly string[]): void => {
    if (path.includes(node.name))
      fail(`the topology has a cycle: ${[...path.slice(path.indexOf(node.name)), node.name].toReversed().join(' -> ')}`)
    if (done.has(node.name) || node.kind === 'source') return
    for (const parent of node.parents) visit(byName.get(parent) as NodeDefinition, [...path, node.name])
    done.add(node.name)
  }
  for (const node of nodes) visit(node, [])
}

function checkStore(store: StoreDefinition, byName: ReadonlyMap<string, NodeDefinition>): void {
  const { name } = store.builder
  if (store.processors.length === 0) fail(`store ${shownValue(name)} is not connected to any processor`)
  for (const processor of store.processors) {
    const node = byName.get(processor)
    if (node === undefined) fail(`store ${shownValue(name)} is connected to ${shownValue(processor)}, which was not added`)
    else if (node.kind !== 'processor')
      fail(`store ${shownValue(name)} is connected to the ${node.kind} ${shownValue(processor)}: only processors can use stores`)
  }
}

/** Finds the builders of the named global stores. The topology has passed `checkTopology`. Throws TOPOLOGY_INVALID. */
export function checkGlobalStores(
  nodes: readonly NodeDefinition[],
  stores: readonly StoreDefinition[],
  globalStores: readonly { readonly store: string; readonly processors: readonly string[] }[],
): StoreDefinition[] {
  const subTopologies = splitIntoSubTopologies(nodes, stores, [])
  return globalStores.map(({ store, processors }) => {
    const { builder } =
      stores.find(each => each.builder.name === store) ?? fail(`store ${shownValue(store)} cannot be a global store: it was not added`)
    if (!builder.logged) fail(`store ${shownValue(store)} cannot be a global store: it is not logged, so it has no changelog to follow`)
    if (processors.length === 0) fail(`the global store of store ${shownValue(store)} is not connected to any processor`)
    const owner = subTopologies.find(sub => sub.stores.some(each => each.builder.name === store))
    for (const processor of processors) {
      const node = nodes.find(each => each.name === processor)
      if (node === undefined)
        fail(`the global store of store ${shownValue(store)} is connected to ${shownValue(processor)}, which was not added`)
      else if (node.kind !== 'processor')
        fail(
          `the global store of store ${shownValue(store)} is connected to the ${node.kind} ${shownValue(processor)}: only processors can use stores`,
        )
      if (owner?.nodes.some(each => each.name === processor) === true)
        fail(`processor ${shownValue(processor)} is in the sub-topology of store ${shownValue(store)}: connect it to the store itself`)
    }
    return { builder, processors }
  })
}

function fail(message: string): never {
  throw new SluiceError('TOPOLOGY_INVALID', message)
}
