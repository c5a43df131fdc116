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
const slow = ['slow-a', 'slow-b', 'slow-c', 'slow-d']
/** Records of each data type in one round. */
const perRound = 20

interface World {
  fixture: KafkaFixture
  dir: string
}

/** A model that scores nothing above 1000 as long as the file is not there. */
const slowModule = (flag: string): string => `
import { existsSync } from 'node:fs'
export default {
  inputs: [{ name: 'alcohol' }],
  outputs: [{ name: 'score' }],
  async score(rows) {
    const held = rows.some(({ alcohol }) => alcohol >= 1000)
    while (held && !existsSync(${JSON.stringify(flag)})) await new Promise(resolve => setTimeout(resolve, 50))
    return rows.map(({ alcohol }) => Number(alcohol) + 7)
  },
}
`

const test = suite<World>('calls of models that take long, while instances are killed, stopped and come back')
test.before.each(async world => {
  world.fixture = new KafkaFixture(String(brokers))
  world.dir = await mkdtemp(join(tmpdir(), 'sluice-long-calls-'))
  await mkdir(join(world.dir, 'code'))
  await world.fixture.createTopics({ models: { compact: true }, data: {}, results: {} })
})
test.after.each(async ({ fixture, dir }) => {
  await fixture.close()
  await rm(dir, { recursive: true })
})

function start({ fixture, dir }: World, name: string, guarantee: string): ServeProcess {
  return new ServeProcess(['--state-dir', join(dir, name), '--port', '0', '--session-timeout-ms', '10000'], {
    KAFKA_BROKERS: fixture.brokers.join(','),
    SLUICE_APPLICATION_ID: fixture.id,
    SLUICE_DATA_TOPIC: fixture.topic('data'),
    SLUICE_MODELS_TOPIC: fixture.topic('models'),
    SLUICE_RESULTS_TOPIC: fixture.topic('results'),
    SLUICE_GUARANTEE: guarantee,
    SLUICE_CODE_ROOTS: join(dir, 'code'),
    SLUICE_SCORE_DEADLINE_MS: '300000',
    SLUICE_MODEL_WAIT_MS: '60000',
  })
}

async function settled(instances: readonly ServeProcess[]): Promise<void> {
  for (const each of instances) await each.ready
  const found = await eventually(
    () => (instances[0] as ServeProcess).instances().catch(() => []),
    list => list.length === instances.length && list.every(({ activeTasks }) => activeTasks.length > 0),
  )
  assert.is(found.length, instances.length)
}

async function round({ fixture }: World, types: readonly string[], from: number): Promise<void> {
  const records = Array.from({ length: perRound }, (_, at) => types.map(dataType => wineFor(dataType, from + at)))
  await fixture.produce('data', records.flat())
}

for (const guarantee of guarantees)
  test(`${guarantee}: each record is answered ${guarantee === 'exactly_once' ? 'once' : 'at least once'}, in the order of its data type; others of the partition do not wait`, async world => {
    const { fixture, dir } = world
    const flag = join(dir, 'go')
    const source = slowModule(flag)
    await writeFile(join(dir, 'code', 'slow.mjs'), source)
    const sha256 = createHash('sha256').update(source).digest()
    const { MODULE } = sluice.ModelDescriptor.ModelType
    let instances = ['one', 'two'].map(name => start(world, name, guarantee))
    try {
      await settled(instances)
      await fixture.produce('models', [
        ...quick.map(dataType => modelFor(dataType, { bytes: shiftedSum(1) })),
        ...slow.map(dataType => modelFor(dataType, { modeltype: MODULE, location: 'slow.mjs', sha256 })),
      ])
      await round(world, [...quick, ...slow], 0)
      await readResults(fixture, 2 * 4 * perRound)

      await round(world, slow, 1000)
      await round(world, quick, 1000)
      const early = await readResults(fixture, 3 * 4 * perRound)
      assert.is(
        early.filter(({ dataType }) => quick.includes(dataType)).length,
        2 * 4 * perRound,
        'the others are answered during the calls',
      )
      await (instances[0] as ServeProcess).kill('SIGKILL')
      await round(world, [...slow, ...quick], 1000 + perRound)
      await readResults(fixture, 4 * 4 * perRound)
      instances = [start(world, 'one', guarantee), instances[1] as ServeProcess]
      await settled(instances)
      await round(world, slow, 1000 + 2 * perRound)
      const { code } = await (instances[1] as ServeProcess).kill('SIGTERM')
      assert.is(code, 0)
      instances = [instances[0] as ServeProcess, start(world, 'two', guarantee)]
      await settled(instances)
      await round(world, slow, 1000 + 3 * perRound)
      await writeFile(flag, '')

      await checkSlowTypes(fixture, {
        guarantee,
        types: slow,
        scores: [...Array.from({ length: perRound }, (_, at) => at + 7), ...Array.from({ length: 4 * perRound }, (_, at) => at + 1007)],
      })
    } finally {
      await Promise.all(instances.map(instance => instance.kill('SIGKILL')))
    }
  })

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
