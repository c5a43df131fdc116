import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readModel } from '../../cli/score/index.ts'
import { makeWines, type Wine, linearOnnx, networkOnnx, trainLinear, trainNetwork } from '../../examples/wine/index.ts'
import { forestPmml, treePmml } from './tree-pmml.ts'
import { wineGraph } from './wine-graph.ts'

/** A model to measure, by its bytes. */
export interface BenchCase {
  readonly name: string
  readonly bytes: Uint8Array
  /** The name of the case with the same model in this thread; this one is in a process of its own. Undefined: this one is in this thread. */
  readonly here?: string
}

/** Generated models of several formats, the same in each run. */
export function ownCases(wines: readonly Wine[], service: string): BenchCase[] {
  const few = makeWines(200, 1)
  const linear = { name: 'linear regression', bytes: linearOnnx(trainLinear(few)) }
  return [
    linear,
    { name: `${linear.name}, in a process`, bytes: linear.bytes, here: linear.name },
    { name: 'network 11-12-6', bytes: networkOnnx(trainNetwork(few, 7)) },
    { name: 'wine graph, 16 nodes', bytes: wineGraph() },
    { name: 'tree of 61 nodes', bytes: Buffer.from(treePmml(wines, 61)) },
    { name: 'forest of 10 trees', bytes: Buffer.from(forestPmml(wines, 10, 61)) },
    { name: 'sum, server in this process', bytes: Buffer.from(service) },
  ]
}

/** The files and directories in a directory; loading them shows which are models. */
export async function casesIn(directory: string): Promise<BenchCase[]> {
  const cases: BenchCase[] = []
  for (const entry of (await readdir(directory, { withFileTypes: true })).sort((a, b) => a.name.localeCompare(b.name))) {
    if (!entry.isDirectory() && !/\.(?:onnx|pb|pmml|zip|tar|tgz)$/.test(entry.name)) continue
    cases.push({ name: entry.name, bytes: (await readModel(join(directory, entry.name), process.stdin)).bytes })
  }
  return cases
}
