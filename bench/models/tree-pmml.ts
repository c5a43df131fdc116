import { qualities, uniformNumbers, type Wine, wineFields } from '../../examples/wine/index.ts'

interface Split {
  readonly field: number
  readonly limit: number
  readonly left: TreeNode
  readonly right: TreeNode
}

interface TreeNode {
  /** Number of wines of each quality in the node. */
  readonly counts: readonly number[]
  readonly split: Split | undefined
}

/** A classification tree with the given odd number of nodes; the leaf with most wines is split first. */
export function treePmml(wines: readonly Wine[], nodes: number): string {
  return pmml(`<TreeModel functionName="classification" splitCharacteristic="binarySplit">${schema()}
${nodeXml(grow(wines, nodes, 1), '<True/>')}
</TreeModel>`)
}

/** A forest of trees whose probabilities are averaged. */
export function forestPmml(wines: readonly Wine[], trees: number, nodes: number): string {
  const segments = Array.from({ length: trees }, (_, at) => {
    const tree = nodeXml(grow(wines, nodes, at + 2), '<True/>')
    const model = `<TreeModel functionName="classification" splitCharacteristic="binarySplit">${schema()}\n${tree}</TreeModel>`
    return `<Segment id="${at + 1}"><True/>${model}</Segment>`
  })
  return pmml(`<MiningModel functionName="classification">${schema()}
<Segmentation multipleModelMethod="average">${segments.join('\n')}</Segmentation>
</MiningModel>`)
}

function pmml(model: string): string {
  const fields = wineFields.map(name => `<DataField name="${name}" optype="continuous" dataType="double"/>`).join('')
  const values = qualities.map(quality => `<Value value="${quality}"/>`).join('')
  return `<?xml version="1.0" encoding="UTF-8"?>
<PMML xmlns="http://www.dmg.org/PMML-4_3" version="4.3"><Header/>
<DataDictionary><DataField name="quality" optype="categorical" dataType="string">${values}</DataField>${fields}</DataDictionary>
${model}
</PMML>
`
}

function schema(): string {
  const fields = wineFields.map(name => `<MiningField name="${name}"/>`).join('')
  return `<MiningSchema><MiningField name="quality" usageType="target"/>${fields}</MiningSchema>`
}

function nodeXml({ counts, split }: TreeNode, predicate: string): string {
  const score = qualities[counts.indexOf(Math.max(...counts))]
  const total = counts.reduce((sum, count) => sum + count, 0)
  const shares = counts.map((count, at) => `<ScoreDistribution value="${qualities[at]}" recordCount="${count}"/>`).join('')
  const head = `<Node score="${score}" recordCount="${total}">${predicate}${shares}`
  if (split === undefined) return `${head}</Node>\n`
  const test = (operator: string): string =>
    `<SimplePredicate field="${wineFields[split.field]}" operator="${operator}" value="${split.limit}"/>`
  return `${head}\n${nodeXml(split.left, test('lessOrEqual'))}${nodeXml(split.right, test('greaterThan'))}</Node>\n`
}

/** Splits the largest leaf at the median of a pseudo-random field until there are enough nodes. The tree measures speed; it does not predict well. */
function grow(wines: readonly Wine[], nodes: number, seed: number): TreeNode {
  const uniform = uniformNumbers(seed)
  const root = leafOf(wines)
  const leaves = [root]
  for (let count = 1; count + 2 <= nodes; count += 2) {
    leaves.sort((a, b) => b.wines.length - a.wines.length)
    const leaf = leaves.shift() as Growing
    const field = Math.floor(uniform() * wineFields.length)
    const sorted = leaf.wines.map(({ features }) => features[field] as number).sort((a, b) => a - b)
    const limit = sorted[Math.floor((sorted.length - 1) / 2)] as number
    const left = leafOf(leaf.wines.filter(({ features }) => (features[field] as number) <= limit))
    const right = leafOf(leaf.wines.filter(({ features }) => (features[field] as number) > limit))
    leaf.split = { field, limit, left, right }
    leaves.push(left, right)
  }
  return root
}

interface Growing extends TreeNode {
  readonly wines: readonly Wine[]
  split: Split | undefined
}

function leafOf(wines: readonly Wine[]): Growing {
  return { wines, counts: qualities.map(quality => wines.filter(wine => wine.quality === quality).length), split: undefined }
}
