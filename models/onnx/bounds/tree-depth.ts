import { asBuffer } from '../../../records/index.ts'
import type { Attributes } from '../proto/index.ts'

/** Most decisions for one record, over all trees, each along its longest path. */
const mostDecisions = 16_384

/** Why the trees of a node may decide without end, or for long; undefined: they do not. ONNX Runtime refuses neither. */
export function deepTrees(attributes: Attributes): string | undefined {
  const [trees = [], ids = [], yes = [], no = []] = ['nodes_treeids', 'nodes_nodeids', 'nodes_truenodeids', 'nodes_falsenodeids'].map(
    name => attributes.ints(name),
  )
  const modes = attributes.strings('nodes_modes') ?? []
  const count = ids.length
  if ([trees, yes, no, modes].some(({ length }) => length !== count)) return 'has trees that cannot be read'
  const places = new Map(ids.map((id, at) => [`${trees[at]} ${id}`, at]))
  const childrenOf = (at: number): number[] => {
    if (asBuffer(modes[at] as Uint8Array).toString('latin1') === 'LEAF') return []
    return [yes[at], no[at]].flatMap(id => places.get(`${trees[at]} ${id}`) ?? [])
  }
  const depths = depthsOf(count, childrenOf)
  if (places.size !== count || depths === undefined) return 'has trees whose branches lead back'
  const deepest = new Map<number, number>()
  for (let at = 0; at < count; at++) deepest.set(trees[at] as number, Math.max(deepest.get(trees[at] as number) ?? 0, depths[at] as number))
  const decisions = [...deepest.values()].reduce((sum, depth) => sum + depth, 0)
  return decisions <= mostDecisions ? undefined : `may take ${decisions} decisions for a record; at most ${mostDecisions} are allowed`
}

/** The length of the longest path from each node; undefined: a path leads back to where it was. */
function depthsOf(count: number, childrenOf: (at: number) => number[]): Int32Array | undefined {
  const depths = new Int32Array(count)
  const open = new Uint8Array(count)
  for (let root = 0; root < count; root++) {
    const stack = [root]
    for (let at = stack.at(-1); at !== undefined; at = stack.at(-1)) {
      if (depths[at] !== 0) {
        stack.pop()
        continue
      }
      const children = childrenOf(at)
      const missing = children.filter(child => depths[child] === 0)
      if (missing.length === 0) {
        depths[at] = 1 + children.reduce((most, child) => Math.max(most, depths[child] as number), 0)
        open[at] = 0
        stack.pop()
        continue
      }
      if (open[at] === 1) return undefined
      open[at] = 1
      stack.push(...missing)
    }
  }
  return depths
}
