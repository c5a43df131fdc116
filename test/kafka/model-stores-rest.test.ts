import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ServingInstance } from '../../instance/index.ts'
import { wineRecordReader } from '../../records/protobuf-record-reader.ts'
import type { ModelStoreKind } from '../../serving/index.ts'
import { sha256Of, shiftedSum } from '../serving/serving-driver.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

interface World {
  fixture: KafkaFixture
  dir: string
  instance: ServingInstance | undefined
}

const test = suite<World>('stores of models over REST')
test.before.each(async world => {
  world.fixture = new KafkaFixture(String(brokers))
  world.dir = await mkdtemp(join(tmpdir(), 'sluice-model-stores-'))
  world.instance = undefined
})
test.after.each(async ({ fixture, dir, instance }) => {
  await instance?.stop()
  await fixture.close()
  await rm(dir, { recursive: true })
})

/** Starts an instance; returns what asks it. */
async function start(world: World, store: ModelStoreKind, join_: 'keyed' | 'broadcast' = 'keyed') {
  const { fixture, dir } = world
  const serving = { dataTopic: fixture.topic('data'), modelsTopic: fixture.topic('models'), resultsTopic: fixture.topic('results') }
  const streams = {
    applicationId: fixture.id,
    brokers: fixture.brokers,
    stateDir: join(dir, 'state'),
    createPartitions: 2,
    commitIntervalMs: 50,
  }
  const instance = new ServingInstance({
    streams,
    serving: { ...serving, reader: wineRecordReader(), store, join: join_ },
    rest: { port: 0 },
  })
  world.instance = instance
  const { host, port } = await instance.listen()
  await instance.start()
  return async (path: string, body?: Uint8Array): Promise<Answer> => {
    const given = body && { method: 'POST', body: new Uint8Array(body), headers: { 'content-type': 'application/octet-stream' } }
    const response = await fetch(`http://${host}:${port}${path}`, given)
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  }
}

const model = (shift: number): Uint8Array => shiftedSum(shift)

for (const join_ of ['keyed', 'broadcast'] as const)
  test(`key-value, ${join_}: a model is published, told as the only version, and asked to score`, async world => {
    const ask = await start(world, 'key-value', join_)
    assert.is((await ask('/models/red?name=one&wait=20', model(100))).body['version'], 1)
    assert.is((await ask('/models/red?name=two&wait=20', model(200))).body['version'], 2)
    const refused = await ask('/models/red?name=bad&wait=20', Buffer.from('no model'))
    assert.is(refused.status, 400, JSON.stringify(refused.body))
    const { body } = await ask('/models/red')
    assert.equal(
      [body['name'], body['current'], (body['versions'] as { version: number }[]).map(({ version }) => version)],
      ['two', 2, [2]],
    )
    const history = (await ask('/models/red/history')).body as unknown as { version: number; hash: string; kept: boolean }[]
    assert.equal(
      history.map(({ version, hash, kept }) => [version, hash, kept]),
      [[2, sha256Of(model(200)), true]],
    )
    assert.is((await ask('/models/none')).status, 404)
    assert.is((await ask('/v2/models/red/versions/1')).status, 404, 'a version that is not kept')
    assert.is((await ask('/v2/models/red')).status, 200)
    const row = await eventually(
      async () => (await ask('/state/ModelStateStore/keys/red')).body['value'] as { readonly version: number } | undefined,
      value => value?.version === 2,
    )
    assert.equal(Object.keys(row ?? {}).includes('invocations'), false)
  })

test('memory: models of all data types are known to nobody, which says where they can be asked', async world => {
  const ask = await start(world, 'memory')
  assert.is((await ask('/models/red?name=one', model(100))).status, 202)
  for (const path of ['/models', '/models/red', '/models/red/history']) {
    const { status, body } = await ask(path)
    assert.equal([status, body['code']], [404, 'STORE_UNKNOWN'], path)
    assert.match(String(body['error']), 'ask GET /state/ModelStateStore/keys/{dataType}, or use store "model"')
  }
  assert.is((await ask('/v2/models/red')).status, 404)
  const before = (await world.fixture.readAll('models')).length
  const { status, body } = await ask('/models/red?name=two&wait=5', model(200))
  assert.equal([status, body['code']], [404, 'STORE_UNKNOWN'])
  assert.is((await world.fixture.readAll('models')).length, before, 'nothing was published')
  const row = await eventually(
    async () => (await ask('/state/ModelStateStore/keys/red')).body['value'] as { readonly name: string } | undefined,
    value => value?.name === 'one',
  )
  assert.is(row?.name, 'one')
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
