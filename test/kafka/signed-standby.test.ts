import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SigningFiles, type TestKey } from '../models/signing/signing-authority.ts'
import { shiftedSum } from '../serving/serving-driver.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { ServeProcess } from './serve-process.ts'
import { modelFor, readResults, wineFor } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']
const files = new SigningFiles()
const own = files.key()

interface World {
  fixture: KafkaFixture
  dir: string
  instances: ServeProcess[]
}

const test = suite<World>('signed models and a standby that takes over')
test.before.each(async world => {
  world.fixture = new KafkaFixture(String(brokers))
  world.dir = await mkdtemp(join(tmpdir(), 'sluice-signed-standby-'))
  world.instances = []
  await world.fixture.createTopics({ models: { compact: true, partitions: 1 }, data: { partitions: 1 }, results: { partitions: 1 } })
})
test.after.each(async ({ fixture, dir, instances }) => {
  await Promise.all(instances.map(each => each.kill('SIGKILL')))
  await fixture.close()
  await rm(dir, { recursive: true })
})
test.after(() => files.remove())

async function start({ fixture, dir, instances }: World, name: string, key?: TestKey): Promise<ServeProcess> {
  const started = new ServeProcess(['--state-dir', join(dir, name), '--port', '0'], {
    KAFKA_BROKERS: fixture.brokers.join(','),
    SLUICE_APPLICATION_ID: fixture.id,
    SLUICE_DATA_TOPIC: fixture.topic('data'),
    SLUICE_MODELS_TOPIC: fixture.topic('models'),
    SLUICE_RESULTS_TOPIC: fixture.topic('results'),
    SLUICE_STANDBY_REPLICAS: '1',
    ...(key === undefined ? {} : { SLUICE_TRUSTED_KEYS: key.path }),
  })
  instances.push(started)
  await started.ready
  return started
}

/** Waits until the first runs the only task, and the second follows it. */
async function follows(active: ServeProcess): Promise<void> {
  const { port } = await active.ready
  const list = await eventually(
    () => active.instances().catch(() => []),
    found =>
      found.length === 2 &&
      found.some(each => each.port === port && each.activeTasks.length === 1) &&
      found.some(each => each.port !== port && each.standbyTasks?.length === 1),
  )
  assert.is(list.length, 2)
}

async function takesOver(standby: ServeProcess): Promise<void> {
  const list = await eventually(
    () => standby.instances().catch(() => []),
    found => found.length === 1 && found[0]?.activeTasks.length === 1,
  )
  assert.is(list[0]?.activeTasks.length, 1)
}

async function publish({ fixture }: World, shift: number, key?: TestKey): Promise<void> {
  const bytes = shiftedSum(shift)
  const signed = key === undefined ? {} : { signature: await key.signing.sign('model', bytes) }
  await fixture.produce('models', [modelFor('red', { name: `m${shift}`, bytes, ...signed })])
}

/** The results of records that are sent one after the other until one is as it should be. */
async function scored(world: World, done: (said: string) => boolean): Promise<readonly string[]> {
  const { fixture } = world
  const all: string[] = []
  for (let tries = 0; tries < 100 && !done(all.at(-1) ?? ''); tries++) {
    const before = (await fixture.readAll('results')).length
    await fixture.produce('data', [wineFor('red', 1)])
    const { status, modelVersion, score, error } = (await readResults(fixture, before + 1)).at(-1) ?? {}
    all.push(status === 'OK' ? `${modelVersion} ${score}` : `${status} ${error}`)
  }
  return all
}

const audit = 'audit: a model is not run any more, because of its signature'

test('what the active one refused the standby does not serve after its kill -9; it goes on with the signed one, and takes the next', async world => {
  const active = await start(world, 'one', own)
  const standby = await start(world, 'two', own)
  await follows(active)
  await publish(world, 100, own)
  assert.is((await scored(world, said => said === '1 101')).at(-1), '1 101')
  await publish(world, 200)
  const [letter] = await world.fixture.readAtLeast('dead-letters', 1)
  assert.is(String(letter?.headers?.['sluice.error.code']), 'MODEL_UNSIGNED')
  await active.kill('SIGKILL')
  await takesOver(standby)
  assert.equal(new Set(await scored(world, said => said !== '')), new Set(['1 101']))
  await publish(world, 300)
  await publish(world, 400, own)
  const said = await scored(world, each => each === '2 401')
  assert.is(said.at(-1), '2 401')
  assert.equal(
    said.filter(each => each !== '1 101' && each !== '2 401'),
    [],
  )
  assert.is((await world.fixture.readAtLeast('dead-letters', 2)).length, 2)
  assert.not.match(standby.stderr, new RegExp(audit))
})

test('what an active one without keys accepted its standby with keys does not serve, and says so; what is signed it serves', async world => {
  const active = await start(world, 'one')
  const standby = await start(world, 'two', own)
  // Which of the two has the task is the group's choice: the one without keys is to have it first.
  await follows(active)
  await publish(world, 100, own)
  await publish(world, 200)
  assert.is((await scored(world, said => said === '2 201')).at(-1), '2 201')
  await active.kill('SIGKILL')
  await takesOver(standby)
  const [first = ''] = await scored(world, said => said !== '')
  assert.match(first, /^FAILED the model cannot be loaded: the model has no signature/)
  assert.is(standby.stderr.split(audit).length, 2, standby.stderr)
  await publish(world, 300, own)
  const said = await scored(world, each => each === '3 301')
  assert.is(said.at(-1), '3 301')
  assert.equal(
    said.filter(each => !each.startsWith('FAILED') && each !== '3 301'),
    [],
  )
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
