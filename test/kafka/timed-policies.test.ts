import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import type { ModelEvent } from '../../serving/index.ts'
import type { WriterRecord } from '../../topology/runtime/topics/topic-writer.ts'
import { controlRecord, shiftedSum } from '../serving/serving-driver.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { ServeProcess } from './serve-process.ts'
import { modelFor, readResults } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']
const timed = suite('policies that wait for an event time, on Kafka')
/** From when the second model serves. */
const from = 1_700_000_500_000

/** A wine of that partition, at that many seconds before or after the time. */
function wineOf(partition: number, seconds: number): WriterRecord {
  const value = sluice.WineRecord.encode({ dataType: 'wine', alcohol: 1 }).finish()
  return { key: Buffer.from('wine'), value, timestamp: from + seconds * 1000, partition }
}

for (const how of ['keyed', 'broadcast'] as const)
  timed(
    `${how}: each partition of the data changes at its first record of that time, once, across a kill -9 before and after it`,
    async () => {
      const fixture = new KafkaFixture(brokers ?? '')
      const dir = await mkdtemp(join(tmpdir(), 'sluice-timed-'))
      const partitions = how === 'keyed' ? 1 : 2
      await fixture.createTopics({ data: { partitions }, models: { partitions: 1, compact: true }, results: { partitions: 1 } })
      const serve = (): ServeProcess =>
        new ServeProcess(['--port', '0'], {
          SLUICE_BROKERS: fixture.brokers.join(','),
          SLUICE_APPLICATION_ID: fixture.id,
          SLUICE_STATE_DIR: dir,
          SLUICE_JOIN: how,
          SLUICE_DATA_TOPIC: fixture.topic('data'),
          SLUICE_MODELS_TOPIC: fixture.topic('models'),
          SLUICE_RESULTS_TOPIC: fixture.topic('results'),
        })
      let instance = serve()
      let sent = 0
      const send = async (...records: readonly WriterRecord[]): Promise<void> => {
        await fixture.produce('data', records)
        sent += records.length
        await fixture.readAtLeast('results', sent)
      }
      const model = async (is: (answer: Record<string, any>) => boolean): Promise<Record<string, any>> =>
        eventually(
          async () => (await instance.get('/models/wine').catch(() => ({ body: {} }))).body as Record<string, any>,
          body => is(body),
        )
      try {
        await instance.ready
        await fixture.produce('models', [modelFor('wine', { name: 'm1', bytes: shiftedSum(1) })])
        await model(({ current }) => current === 1)
        await send(wineOf(0, -9), wineOf(partitions - 1, -9))
        await fixture.produce('models', [modelFor('wine', { name: 'm2', bytes: shiftedSum(2), effectiveFrom: from })])
        const waiting = (await model(body => body['waiting'] !== undefined))['waiting'] as Record<string, unknown>[]
        assert.equal(
          waiting.map(({ policy, champion, effectiveFrom }) => [policy, champion, effectiveFrom]),
          [[2, 2, from]],
        )
        await send(wineOf(0, -5), wineOf(partitions - 1, -5))
        await instance.kill('SIGKILL')
        instance = serve()
        await instance.ready
        await send(wineOf(0, -2), wineOf(0, 1), wineOf(0, -1), wineOf(0, 2))
        await instance.kill('SIGKILL')
        instance = serve()
        await instance.ready
        await send(wineOf(0, -1), wineOf(partitions - 1, -1), wineOf(partitions - 1, 3), wineOf(partitions - 1, -1))
        await model(({ current }) => current === 2)
        const past = { promote: { version: 1 }, effectiveFrom: from }
        await fixture.produce('models', [{ key: Buffer.from('wine'), value: Buffer.from(controlRecord('wine', past)) }])
        const letters = await fixture.readAtLeast('dead-letters', 1)
        assert.match(String(letters[0]?.headers?.['sluice.error.message']), /is in the past of the data/)
        const results = await readResults(fixture, sent)
        assert.is(results.length, sent)
        const events = (await fixture.readAll('model-events')).map(({ value }) => JSON.parse(String(value)) as ModelEvent)
        for (let partition = 0; partition < partitions; partition++) {
          const own = results.filter(({ inputPartition }) => inputPartition === partition).toSorted((a, b) => a.inputOffset - b.inputOffset)
          const first = own.findIndex(({ timestamp }) => timestamp >= from)
          assert.equal(
            own.map(({ modelVersion, policy }) => [modelVersion, policy]),
            own.map((_, at) => (at < first ? [1, 1] : [2, 2])),
          )
          const swaps = events.filter(
            ({ event, policy, position }) => event === 'effective' && policy === 2 && position?.partition === partition,
          )
          assert.equal(
            swaps.map(({ position }) => position?.offset),
            [own[first]?.inputOffset],
          )
        }
      } finally {
        await instance.kill('SIGKILL')
        await fixture.close()
        await rm(dir, { recursive: true, force: true })
      }
    },
  )

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else timed.run()
