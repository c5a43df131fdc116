import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { guarantees } from '../../cli/config/settings.ts'
import { sluice } from '../../proto/messages.js'
import { shiftedSum } from '../serving/serving-driver.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { ServeProcess } from './serve-process.ts'
import { modelFor, readResults, wineFor } from './serving-app.ts'
import { checkSlowTypes } from './slow-types.ts'

const brokers = process.env['KAFKA_BROKERS']
const quick = ['quick-a', 'quick-b', 'quick-c', 'quick-d']
const slow = ['slow-a', 'slow-b', 'slow-c', 'slow-d', 'slow-e', 'slow-f']
/** Records of each data type in one round. */
const perRound = 20

interface Case {
  readonly guarantee: string
  readonly store: string
}

/** Models in memory have no changelog; the records that wait for them have one. */
const cases: readonly Case[] = [
  ...guarantees.map(guarantee => ({ guarantee, store: 'model' })),
  { guarantee: 'exactly_once', store: 'memory' },
]

interface World {
  fixture: KafkaFixture
  dir: string
}

/** A model that is not loaded before the file is there. */
const slowModule = (flag: string): string => `
import { existsSync } from 'node:fs'
export const load = async () => {
  while (!existsSync(${JSON.stringify(flag)})) await new Promise(resolve => setTimeout(resolve, 50))
  return { inputs: [{ name: 'alcohol' }], outputs: [{ name: 'score' }], score: rows => rows.map(({ alcohol }) => Number(alcohol) + 7) }
}
`

const test = suite<World>('records that wait for their model while instances are killed and come back')
test.before.each(async world => {
  world.fixture = new KafkaFixture(String(brokers))
  world.dir = await mkdtemp(join(tmpdir(), 'sluice-waiting-kills-'))
  await mkdir(join(world.dir, 'code'))
  await world.fixture.createTopics({ models: { compact: true }, data: {}, results: {} })
})
test.after.each(async ({ fixture, dir }) => {
  await fixture.close()
  await rm(dir, { recursive: true })
})

function start({ fixture, dir }: World, name: string, { guarantee, store }: Case): ServeProcess {
  return new ServeProcess(['--state-dir', join(dir, name), '--port', '0', '--session-timeout-ms', '10000'], {
    KAFKA_BROKERS: fixture.brokers.join(','),
    SLUICE_APPLICATION_ID: fixture.id,
    SLUICE_DATA_TOPIC: fixture.topic('data'),
    SLUICE_MODELS_TOPIC: fixture.topic('models'),
    SLUICE_RESULTS_TOPIC: fixture.topic('results'),
    SLUICE_GUARANTEE: guarantee,
    SLUICE_STORE: store,
    SLUICE_STANDBY_REPLICAS: '1',
    SLUICE_CODE_ROOTS: join(dir, 'code'),
    SLUICE_MODEL_WAIT_MS: '300000',
    SLUICE_MODEL_LOAD_TIMEOUT_MS: '300000',
  })
}

/** Waits until the instances share the tasks, and each task has a standby. */
async function settled(instances: readonly ServeProcess[]): Promise<void> {
  for (const each of instances) await each.ready
  const found = await eventually(
    () => (instances[0] as ServeProcess).instances().catch(() => []),
    list =>
      list.length === instances.length &&
      list.every(({ activeTasks, standbyTasks = [] }) => activeTasks.length > 0 && standbyTasks.length > 0),
  )
  assert.is(found.length, instances.length)
}

async function round({ fixture }: World, types: readonly string[], from: number): Promise<void> {
  const records = Array.from({ length: perRound }, (_, at) => types.map(dataType => wineFor(dataType, from + at)))
  await fixture.produce('data', records.flat())
}

for (const each of cases)
  test(`${each.store}, ${each.guarantee}: each is answered by the model, ${each.guarantee === 'exactly_once' ? 'once' : 'at least once'}, in the order of its data type`, async world => {
    const { fixture, dir } = world
    const flag = join(dir, 'loaded')
    const source = slowModule(flag)
    await writeFile(join(dir, 'code', 'slow.mjs'), source)
    const sha256 = createHash('sha256').update(source).digest()
    const { MODULE } = sluice.ModelDescriptor.ModelType
    let instances = ['one', 'two'].map(name => start(world, name, each))
    try {
      await settled(instances)
      await fixture.produce(
        'models',
        quick.map(dataType => modelFor(dataType, { bytes: shiftedSum(1) })),
      )
      await round(world, quick, 0)
      await readResults(fixture, quick.length * perRound)
      await fixture.produce(
        'models',
        slow.map(dataType => modelFor(dataType, { modeltype: MODULE, location: 'slow.mjs', sha256 })),
      )
      await round(world, slow, 0)
      await round(world, quick, perRound)
      // Those of the other data types are answered behind them: their offsets are committed, and they wait in the store.
      const early = await readResults(fixture, 2 * quick.length * perRound)
      assert.ok(
        early.every(({ dataType }) => quick.includes(dataType)),
        'the model is not there yet',
      )

      await (instances[0] as ServeProcess).kill('SIGKILL')
      await round(world, slow, perRound)
      await round(world, quick, 2 * perRound)
      await eventually(
        () => (instances[1] as ServeProcess).instances().catch(() => []),
        list => list.length === 1 && list[0]?.activeTasks.length === 4,
      )
      instances = [start(world, 'one', each), instances[1] as ServeProcess]
      await settled(instances)
      await round(world, slow, 2 * perRound)
      await (instances[1] as ServeProcess).kill('SIGTERM')
      instances = [instances[0] as ServeProcess, start(world, 'two', each)]
      await settled(instances)
      await round(world, slow, 3 * perRound)
      await writeFile(flag, '')

      await checkSlowTypes(fixture, {
        guarantee: each.guarantee,
        types: slow,
        scores: Array.from({ length: 4 * perRound }, (_, at) => at + 7),
      })
    } finally {
      await Promise.all(instances.map(instance => instance.kill('SIGKILL')))
    }
  })

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
