/**
 * An instance whose first model hangs the thread that scores, in a role, for a test that looks at how it ends: `hanging-instance DIRECTORY ROLE
 * [thread]`. Prints what came of the record, and why models and controls were refused.
 */
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { sluice } from '../../proto/messages.js'
import { ModelFactory } from '../../models/index.ts'
import { servingOptions, servingTopology } from '../../serving/index.ts'
import { TopologyTestDriver } from '../../topology/index.ts'
import { type Control, controlRecord, modelRecord } from './serving-driver.ts'
import { ruleBytes, ruleFactory, ruleReader, ruleRecord } from './rule-model.ts'

const hanging = 13
const rules = ruleFactory().loader('RULE')
if (rules === undefined) throw new Error('there are no rules')
/** Such a model passes its checks, and never comes back from its first record. */
const factory = new ModelFactory().register('RULE', {
  detect: bytes => rules.detect(bytes),
  load: async source => {
    const model = await rules.load(source)
    if (!Buffer.from(source.bytes).includes(`${hanging}`)) return model
    return Object.assign(Object.create(model) as typeof model, {
      inputs: model.inputs,
      outputs: model.outputs,
      dispose: () => model.dispose(),
      score: () => {
        for (;;);
      },
    })
  },
})
const { ModelRole } = sluice
/** What gives version 1 its role, beside version 2. */
const controls: Readonly<Record<string, Control>> = {
  challenger: { setPolicy: { challengers: [{ of: { version: 1 }, weight: 1 }], bucketBy: 'x' } },
  shadow: { setRole: { of: { version: 1 }, role: ModelRole.SHADOW } },
  fallback: { setRole: { of: { version: 1 }, role: ModelRole.FALLBACK } },
}

async function run(directory: string | undefined, role: string): Promise<void> {
  const races = { a: { models: [{ model: 1 }], budgetMs: 5000, decider: { kind: 'firstGood' as const } } }
  const options = servingOptions({
    dataTopic: 'data',
    modelsTopic: 'models',
    resultsTopic: 'results',
    reader: ruleReader(),
    factory,
    stateDir: directory,
    scoreDeadlineMs: 10,
    ...(role === 'racer' ? { policies: races } : {}),
  })
  const driver = await TopologyTestDriver.open(servingTopology(options))
  const publish = (factor: number): Promise<void> =>
    driver.pipe('models', { key: 'a', value: modelRecord({ dataType: 'a', bytes: ruleBytes({ factor }) }) })
  await publish(hanging)
  const control = controls[role]
  if (control !== undefined) {
    await publish(1)
    await driver.pipe('models', { key: 'a', value: controlRecord('a', control) })
  }
  // Version 2 fails on negative numbers, which are the fallback's.
  await driver.pipeBatch('data', [ruleRecord('a', role === 'fallback' ? -1 : 1)])
  await driver.advanceWallClockTime(10)
  const results = ['results', 'results-shadow'].flatMap(topic => driver.read(topic))
  const letters = driver.read(TopologyTestDriver.deadLetterTopic).map(({ headers }) => String(headers?.['sluice.error.message']))
  writeSync(1, [...results.map(({ value }) => Buffer.from(value ?? []).toString()), ...letters].join('\n'))
  await driver.close()
  options.guard?.close()
}

// A worker that is no file has no file name among its arguments.
const [directory, role = 'champion', where] = isMainThread ? process.argv.slice(2) : (workerData as readonly string[])
const here = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register(); await import(${JSON.stringify(import.meta.url)})`
if (where === 'thread' && isMainThread) {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(here)}`), { workerData: process.argv.slice(2) })
  await once(worker, 'exit')
} else await run(directory, role)
