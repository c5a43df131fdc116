import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modelRecord } from '../../cli/commands/publish-command.ts'
import { sluice } from '../../proto/messages.js'
import { wineRecordReader } from '../../records/index.ts'
import { registrySerde, SchemaRegistry } from '../../records/registry/index.ts'
import { RegistryServer } from '../records/registry/registry-server.ts'
import { selfSigned } from '../rest/self-signed.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { ServeProcess } from './serve-process.ts'

const brokers = process.env['KAFKA_BROKERS']
const test = suite('a registry that goes away while records come')
const names = wineRecordReader().specs.map(({ name }) => name)

/** The offsets of the partition that have a result, in the order of the results. */
async function scored(fixture: KafkaFixture, partition: number): Promise<string[]> {
  const results = (await fixture.readAll('results')).map(({ value }) => sluice.ScoreResult.decode(value as Buffer))
  assert.ok(results.every(({ status }) => status === sluice.ScoreResult.Status.OK))
  return results.filter(({ inputPartition }) => inputPartition === partition).map(({ inputOffset }) => String(inputOffset))
}

test('over TLS, with a password: known schemas need nobody; a new one stops its partition alone, in order', async () => {
  const fixture = new KafkaFixture(String(brokers))
  const tls = selfSigned()
  const server = new RegistryServer(tls)
  const directory = await mkdtemp(join(tmpdir(), 'sluice-registry-'))
  const ca = join(directory, 'ca.pem')
  await writeFile(ca, tls.cert)
  await fixture.createTopics({ data: { partitions: 2 }, models: { partitions: 2, compact: true }, results: { partitions: 2 } })
  await server.start()
  server.authorization = `Basic ${Buffer.from('me:geheim').toString('base64')}`
  const registry = new SchemaRegistry({ url: server.url, username: 'me', password: 'geheim', ca: tls.cert })
  const valueOf = async (name: string): Promise<Uint8Array> => {
    const fields = [...names, name].map(field => ({ name: field, type: 'double' }))
    const text = JSON.stringify({ type: 'record', name, fields: [...fields, { name: 'dataType', type: 'string' }] })
    const schema = await registry.register(name, { type: 'AVRO', text })
    return registrySerde(registry, { schema }).serialize({
      ...Object.fromEntries([...names, name].map(each => [each, 1])),
      dataType: 'wine',
    })
  }
  const [known, fresh] = [await valueOf('known'), await valueOf('fresh')]
  const serve = new ServeProcess([], {
    KAFKA_BROKERS: String(brokers),
    SLUICE_APPLICATION_ID: fixture.id,
    SLUICE_DATA_TOPIC: fixture.topic('data'),
    SLUICE_MODELS_TOPIC: fixture.topic('models'),
    SLUICE_RESULTS_TOPIC: fixture.topic('results'),
    SLUICE_DEAD_LETTER_TOPIC: fixture.topic('dead'),
    SLUICE_STATE_DIR: join(directory, 'state'),
    SLUICE_JOIN: 'broadcast',
    SLUICE_PORT: '0',
    SLUICE_DATA_FORMAT: 'registry',
    SLUICE_REGISTRY_URL: server.url,
    SLUICE_REGISTRY_USERNAME: 'me',
    SLUICE_REGISTRY_PASSWORD: 'geheim',
    SLUICE_REGISTRY_CA: ca,
  })
  try {
    await serve.ready
    await fixture.produce('models', [await modelRecord('examples/wine/wine-linear.onnx', { dataType: 'wine' })])
    await eventually(
      () => serve.get('/models/wine'),
      ({ status }) => status === 200,
    )
    await fixture.produce(
      'data',
      [0, 1].map(partition => ({ value: known, partition })),
    )
    for (const partition of [0, 1])
      await eventually(
        () => scored(fixture, partition).catch(() => []),
        offsets => offsets.length === 1,
      )
    await server.stop()
    await fixture.produce('data', [
      ...[known, fresh, known].map(value => ({ value, partition: 0 })),
      ...[known, known].map(value => ({ value, partition: 1 })),
    ])
    await eventually(
      () => scored(fixture, 1),
      offsets => offsets.length === 3,
    )
    await eventually(
      () => serve.get('/state/instances?details=true'),
      ({ body }) =>
        /"partition":0,"seconds":[\d.]+,"why":"asking the schema registry at https:[^"]* for schema 2: it does not answer/.test(
          JSON.stringify(body),
        ),
    )
    assert.equal(
      [await scored(fixture, 0), await scored(fixture, 1)],
      [
        ['0', '1'],
        ['0', '1', '2'],
      ],
    )
    await server.start()
    await eventually(
      () => scored(fixture, 0),
      offsets => offsets.length === 4,
    )
    assert.equal(await scored(fixture, 0), ['0', '1', '2', '3'])
    assert.not.match(serve.stderr, /geheim/)
    assert.equal(await fixture.readAll('dead').catch(() => []), [])
  } finally {
    await serve.kill('SIGTERM')
    await server.stop().catch(() => undefined)
    await fixture.close()
    await rm(directory, { recursive: true })
  }
})

if (brokers !== undefined) test.run()
