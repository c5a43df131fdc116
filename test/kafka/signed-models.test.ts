import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TrustedKeys } from '../../models/signing/index.ts'
import { guarantees } from '../../cli/config/settings.ts'
import { SigningFiles } from '../models/signing/signing-authority.ts'
import { controlRecord, shiftedSum } from '../serving/serving-driver.ts'
import { KafkaFixture } from './fixture.ts'
import { modelFor, readResults, ServingApp, wineFor } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']
const files = new SigningFiles()
const own = files.key()
const other = files.key()

const test = suite<{ fixture: KafkaFixture; dir: string }>('signed models on Kafka')
test.before.each(async context => {
  context.fixture = new KafkaFixture(String(brokers))
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-signed-models-'))
  await context.fixture.createTopics({ models: { compact: true, partitions: 1 }, data: { partitions: 1 }, results: { partitions: 1 } })
})
test.after.each(async ({ fixture, dir }) => {
  await fixture.close()
  await rm(dir, { recursive: true })
})
test.after(() => files.remove())

for (const store of ['model', 'key-value'] as const)
  for (const guarantee of guarantees)
    test(`${store}, ${guarantee}: refused while the former serves; verified again at each start, on the same disk and from the changelog`, async ({
      fixture,
      dir,
    }) => {
      const apps: ServingApp[] = []
      const told: string[] = []
      const start = async (name: string, trustedKeys?: TrustedKeys): Promise<ServingApp> => {
        told.length = 0
        const app = new ServingApp(fixture, join(dir, name), {
          serving: { store, ...(trustedKeys === undefined ? {} : { trustedKeys }) },
          streams: { guarantee, listener: { log: (_, message) => void told.push(message) } },
        })
        apps.push(app)
        await app.start()
        return app
      }
      const model = async (shift: number, key?: typeof own): Promise<void> => {
        const bytes = shiftedSum(shift)
        const signed = key === undefined ? {} : { signature: await key.signing.sign('model', bytes) }
        await fixture.produce('models', [modelFor('red', { name: `m${shift}`, bytes, ...signed })])
      }
      let sent = 0
      const scored = async (alcohol: number): Promise<string> => {
        await fixture.produce('data', [wineFor('red', alcohol)])
        const { status, modelVersion, score, error } = (await readResults(fixture, ++sent)).at(-1) ?? {}
        return status === 'OK' ? `${modelVersion} ${score}` : `${status} ${error}`
      }
      try {
        const one = await start('one', own.trusted)
        await model(100, own)
        await one.serves('red', 1)
        await model(200)
        await model(200, other)
        assert.equal(
          (await fixture.readAtLeast('dead-letters', 2)).map(({ headers }) => String(headers?.['sluice.error.code'])),
          ['MODEL_UNSIGNED', 'MODEL_SIGNATURE_INVALID'],
        )
        assert.is(await scored(1), '1 101')
        assert.is(told.filter(message => message === 'audit: a model is refused, because of its signature').length, 2)
        await model(300, own)
        await one.serves('red', 2)
        assert.is(await scored(2), '2 302')
        await one.stop()
        for (const name of ['one', 'two']) {
          const next = await start(name, own.trusted)
          assert.is(await scored(3), '2 303')
          await next.stop()
        }
        for (const name of ['one', 'three']) {
          const changed = await start(name, other.trusted)
          assert.match(await scored(4), /^FAILED the model cannot be loaded: .*was made with the key .* not trusted/)
          assert.match(await scored(4), /^FAILED/)
          assert.is(told.filter(message => message === 'audit: a model is not run any more, because of its signature').length, 1)
          if (name === 'three') {
            await model(400, other)
            await changed.serves('red', 3)
            assert.is(await scored(5), '3 405')
          }
          await changed.stop()
        }
        const unkeyed = await start('three')
        await model(500)
        await unkeyed.serves('red', 4)
        await unkeyed.stop()
        const keyed = await start('three', other.trusted)
        assert.match(await scored(6), /^FAILED the model cannot be loaded: the model has no signature/)
        if (store === 'model') {
          await fixture.produce('models', [{ key: Buffer.from('red'), value: controlRecord('red', { rollback: { version: 2 } }) }])
          const letters = await fixture.readAtLeast('dead-letters', 3)
          assert.match(String(letters.at(-1)?.headers?.['sluice.error.message']), /is refused: .*the signature is not valid/)
          await fixture.produce('models', [{ key: Buffer.from('red'), value: controlRecord('red', { rollback: { version: 3 } }) }])
          await keyed.serves('red', 3)
          assert.is(await scored(7), '3 407')
        }
        await keyed.stop()
      } finally {
        for (const app of apps) await app.stop()
      }
    })

test.run()
