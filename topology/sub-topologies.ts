import type { NodeDefinition, StoreDefinition, SubTopology } from './topology-definition.ts'

/** Splits checked nodes into connected components, numbered in the order in which their first nodes were added. */
export function splitIntoSubTopologies(
  nodes: readonly NodeDefinition[],
  stores: readonly StoreDefinition[],
  globalStores: readonly StoreDefinition[],
): SubTopology[] {
  const groups = new Groups(nodes.map(node => node.name))
  for (const node of nodes) if (node.kind !== 'source') for (const parent of node.parents) groups.join(node.name, parent)
  for (const store of stores) for (const processor of store.processors) groups.join(processor, store.processors[0] as string)
  const roots = [...new Set(nodes.map(node => groups.rootOf(node.name)))]
  return roots.map((root, id) => {
    const inGroup = parentsFirst(nodes.filter(node => groups.rootOf(node.name) === root))
    return {
      id,
      nodes: inGroup,
      stores: stores.filter(store => groups.rootOf(store.processors[0] as string) === root),
      globalStores: globalStores
        .map(({ builder, processors }) => ({ builder, processors: processors.filter(name => groups.rootOf(name) === root) }))
        .filter(({ processors }) => processors.length > 0),
      sourceTopics: inGroup.flatMap(node => (node.kind === 'source' ? node.topics : [])),
    }
  })
}

function parentsFirst(nodes: readonly NodeDefinition[]): NodeDefinition[] {
  const sorted: NodeDefinition[] = []
  const place = (node: NodeDefinition): void => {
    if (sorted.includes(node)) return
    if (node.kind !== 'source') for (const parent of nodes.filter(other => node.parents.includes(other.name))) place(parent)
    sorted.push(node)
  }
  nodes.forEach(place)
  return sorted
}

/** Union-find over names. */
class Groups {
  readonly #parent = new Map<string, string>()

  constructor(names: readonly string[]) {
    for (const name of names) this.#parent.set(name, name)
  }

  rootOf(name: string): string {
    const parent = this.#parent.get(name) as string
    return parent === name ? name : this.rootOf(parent)
  }

  join(a: string, b: string): void {
    this.#parent.set(this.rootOf(a), this.rootOf(b))
  }
}
