import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modelRecord } from '../../cli/commands/publish-command.ts'
import { sluice } from '../../proto/messages.js'
import { registrySerde, SchemaRegistry } from '../../records/registry/index.ts'
import { wineRecordReader } from '../../records/index.ts'
import { RegistryServer } from '../records/registry/registry-server.ts'
import { headerEntries } from '../../topology/index.ts'
import { eventually, holds, KafkaFixture } from './fixture.ts'
import { ServeProcess } from './serve-process.ts'

const brokers = process.env['KAFKA_BROKERS']
const test = suite('records whose schemas are in a registry')

test('an unknown schema id is a dead letter after the registry answered; while it is away the partition waits, and says so', async () => {
  const fixture = new KafkaFixture(String(brokers))
  const server = new RegistryServer()
  const directory = await mkdtemp(join(tmpdir(), 'sluice-registry-'))
  await fixture.createTopics({ data: { partitions: 1 }, models: { partitions: 1, compact: true }, results: { partitions: 1 } })
  await server.start()
  const names = wineRecordReader().specs.map(({ name }) => name)
  const fields = [...names.map(name => ({ name, type: 'double' })), { name: 'dataType', type: 'string' }]
  const registry = new SchemaRegistry({ url: server.url })
  const schema = await registry.register('wines', { type: 'AVRO', text: JSON.stringify({ type: 'record', name: 'Wine', fields }) })
  const wine = { ...Object.fromEntries(names.map(name => [name, 1])), dataType: 'wine' }
  const value = registrySerde(registry, { schema }).serialize(wine)
  const unknown = Buffer.from(value)
  unknown.writeUInt32BE(4711, 1)
  await server.stop()
  const serve = new ServeProcess([], {
    KAFKA_BROKERS: String(brokers),
    SLUICE_APPLICATION_ID: fixture.id,
    SLUICE_DATA_TOPIC: fixture.topic('data'),
    SLUICE_MODELS_TOPIC: fixture.topic('models'),
    SLUICE_RESULTS_TOPIC: fixture.topic('results'),
    SLUICE_DEAD_LETTER_TOPIC: fixture.topic('dead'),
    SLUICE_STATE_DIR: join(directory, 'state'),
    SLUICE_PORT: '0',
    SLUICE_DATA_FORMAT: 'registry',
    SLUICE_REGISTRY_URL: server.url,
  })
  try {
    await serve.ready
    const key = Buffer.from('wine')
    await fixture.produce('models', [await modelRecord('examples/wine/wine-linear.onnx', { dataType: 'wine' })])
    await fixture.produce('data', [
      { key, value },
      { key, value: unknown },
      { key, value },
    ])
    const shown = await eventually(
      () => serve.get('/state/instances?details=true'),
      ({ body }) => JSON.stringify(body).includes('"waiting"'),
    )
    assert.match(
      JSON.stringify(shown.body),
      /"waiting":\[\{"topic":"[^"]*-data","partition":0,"seconds":[\d.]+,"why":"asking the schema registry at http:/,
    )
    await eventually(
      () => serve.stderr,
      text => text.includes('an input waits'),
    )
    assert.match(
      serve.stderr,
      /"why":"asking the schema registry at http:[^"]* for schema 1: it does not answer: .*an input waits: its next record cannot be decoded yet/,
    )
    await holds(async () =>
      assert.match(await serve.text('/metrics'), /sluice_input_waiting_seconds\{[^}]*topic="[^"]*-data"[^}]*\} [\d.]*[1-9]/),
    )
    assert.equal(await fixture.readAll('results'), [])
    await server.start()
    const results = await fixture.readAtLeast('results', 2)
    assert.equal(
      results
        .map(({ value: result }) => sluice.ScoreResult.decode(result as Buffer))
        .map(({ status, inputOffset }) => [status, String(inputOffset)]),
      [
        [sluice.ScoreResult.Status.OK, '0'],
        [sluice.ScoreResult.Status.OK, '2'],
      ],
    )
    const letters = await fixture.readAtLeast('dead', 1)
    assert.is(letters.length, 1)
    const headers = Object.fromEntries(headerEntries(letters[0]?.headers).map(([name, header]) => [name, String(header)]))
    assert.match(JSON.stringify(headers), /SCHEMA_UNKNOWN.*has no schema 4711|has no schema 4711.*SCHEMA_UNKNOWN/)
    await eventually(
      () => serve.stderr,
      text => text.includes('an input that waited goes on'),
    )
  } finally {
    await serve.kill('SIGTERM')
    await server.stop().catch(() => undefined)
    await fixture.close()
    await rm(directory, { recursive: true })
  }
})

if (brokers !== undefined) test.run()
