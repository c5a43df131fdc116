import type { Demo } from './demo.ts'
import { dataTypes, partitions } from './demo-sender.ts'
import type { DemoResult } from './judge-results.ts'
import { waitUntil } from './wait-until.ts'

const faultless = { unanswered: 0, repeated: 0, contradicted: 0, foreign: 0, wrong: 0, wentBack: 0 }

/** Starts two instances of one application. */
export async function instancesStep(demo: Demo): Promise<void> {
  const { narrator } = demo.parts
  narrator.step('Two instances of sluice serve')
  narrator.waiting('starting two processes')
  await Promise.all([demo.start('A'), demo.start('B')])
  await showGroup(demo)
  narrator.check(
    `one application: both instances share its ${partitions} tasks, one per partition`,
    partitions,
    (await taskNames(demo)).size,
  )
}

/** Prints the group as a table. */
export async function showGroup(demo: Demo): Promise<void> {
  const rows = (await demo.group()).map(({ port, activeTasks }) => {
    const { name, address, pid } = demo.at(port)
    const types = activeTasks.map(task => dataTypes[Number(task.split('_')[1])])
    return [name, address, String(pid), activeTasks.join(' '), types.join(', ')]
  })
  demo.parts.narrator.rows(['instance', 'REST', 'process', 'tasks', 'data types in their partitions'], rows.toSorted(byFirst))
}

/** Publishes a model, then sends records and checks their results. */
export async function firstModelStep(demo: Demo): Promise<void> {
  const { narrator, sender, results } = demo.parts
  narrator.step('A model arrives as a record; records are scored with it')
  const bytes = await sender.publish('wine-linear', dataTypes)
  narrator.say(`wine-linear.onnx (a linear regression, ${bytes} bytes) went to the models topic, for ${dataTypes.length} data types.`)
  await Promise.all(dataTypes.map(type => demo.model(demo.instances[0]!, type, ({ value }) => value.version === 1)))
  await sender.send(200, dataTypes)
  narrator.say('Then 200 rows of wine.csv went to the data topic for each data type. Some of the results:')
  const verdict = await demo.judge()
  const some = dataTypes.flatMap(type => results.results.filter(({ dataType }) => dataType === type).slice(0, type === 'wine' ? 3 : 1))
  showResults(demo, some)
  const count = sender.sent.length
  narrator.check(`${count} records, ${count} results: each answered once, with the score that the model gives directly`, faultless, verdict)
  narrator.check('version 1 scored all of them', [1], versionsIn(results.results))
}

/** Publishes the next version while records are processed. */
export async function secondModelStep(demo: Demo): Promise<void> {
  const { narrator, sender, results, signal } = demo.parts
  narrator.step('A better model takes over while records flow')
  const wines = (): readonly DemoResult[] => results.results.filter(({ dataType }) => dataType === 'wine')
  await sender.send(20, ['wine'])
  const bytes = await sender.publish('wine-mlp', ['wine'])
  narrator.say(`wine-mlp.onnx (a small neural network, ${bytes} bytes) was published for wine alone, in the middle of wine's records.`)
  await waitUntil({
    what: 'a score by version 2',
    signal,
    ask: () => sender.send(5, ['wine']),
    good: () => wines().some(({ modelVersion }) => modelVersion === 2),
  })
  await sender.send(100, ['wine'])
  const verdict = await demo.judge()
  const ordered = wines().toSorted((a, b) => a.inputOffset - b.inputOffset)
  const first = ordered.findIndex(({ modelVersion }) => modelVersion === 2)
  narrator.say('Wine around the change; no restart, no pause:')
  showResults(demo, ordered.slice(first - 2, first + 3))
  narrator.check(`all ${sender.sent.length} records answered once so far, with the right score; versions never go back`, faultless, verdict)
  narrator.check(
    'wine is scored by version 2 now, all other data types by version 1',
    [[1, 2], [1]],
    [versionsIn(wines()), versionsIn(results.results.filter(({ dataType }) => dataType !== 'wine'))],
  )
}

function showResults({ parts }: Demo, results: readonly DemoResult[]): void {
  const rows = results.map(({ inputPartition, inputOffset, dataType, modelName, modelVersion, status, score }) => [
    `${inputPartition}@${inputOffset}`,
    dataType,
    modelName,
    modelVersion,
    status,
    score === null ? '' : Number(score.toPrecision(7)),
  ])
  parts.narrator.rows(['input', 'data type', 'model', 'version', 'status', 'score'], rows)
}

async function taskNames(demo: Demo): Promise<ReadonlySet<string>> {
  return new Set((await demo.group()).flatMap(({ activeTasks }) => activeTasks))
}

function versionsIn(results: readonly DemoResult[]): number[] {
  return [...new Set(results.map(({ modelVersion }) => modelVersion))].sort((a, b) => a - b)
}

function byFirst(a: readonly string[], b: readonly string[]): number {
  return (a[0] as string) < (b[0] as string) ? -1 : 1
}
