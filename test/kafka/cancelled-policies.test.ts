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
const raced = suite('cancellations that race with the time of the change, on Kafka')
const start = 1_700_000_000_000
const rounds = 10
const killedIn = 5
/** The event time of the change of a round. */
const timeOf = (round: number): number => start + round * 1_000_000

function wineOf(partition: number, timestamp: number): WriterRecord {
  return { key: Buffer.from('wine'), value: sluice.WineRecord.encode({ dataType: 'wine', alcohol: 1 }).finish(), timestamp, partition }
}

const control = (asked: sluice.ModelControl.$Properties): WriterRecord => ({
  key: Buffer.from('wine'),
  value: Buffer.from(controlRecord('wine', asked)),
})

interface Results {
  readonly inputPartition: number
  readonly inputOffset: number
  readonly modelVersion: number
  readonly policy: number
}

/** Each partition has its policies in their order, each from its position on, and a policy has one champion everywhere. */
function checkOrder(results: readonly Results[], events: readonly ModelEvent[], partitions: number): void {
  const champions = new Map<number, number>()
  for (let partition = 0; partition < partitions; partition++) {
    const own = results.filter(({ inputPartition }) => inputPartition === partition).toSorted((a, b) => a.inputOffset - b.inputOffset)
    const policies = own.map(({ policy }) => policy)
    assert.equal(
      policies,
      policies.toSorted((a, b) => a - b),
      `partition ${partition}`,
    )
    const firsts = [...new Set(policies)].map(policy => [policy, own.find(each => each.policy === policy)?.inputOffset])
    const positions = events.filter(({ event, position }) => event === 'effective' && position?.partition === partition)
    assert.equal(
      positions.map(({ policy, position }) => [policy, position?.offset]),
      firsts,
      `partition ${partition}`,
    )
    for (const { policy, modelVersion } of own) {
      assert.is(champions.get(policy) ?? modelVersion, modelVersion, `policy ${policy}`)
      champions.set(policy, modelVersion)
    }
  }
}

for (const how of ['keyed', 'broadcast'] as const)
  raced(`${how}: either the change never is, or it is not cancelled; one order on every partition, across a kill -9`, async () => {
    const fixture = new KafkaFixture(brokers ?? '')
    const dir = await mkdtemp(join(tmpdir(), 'sluice-cancelled-'))
    const partitions = how === 'keyed' ? 1 : 3
    await fixture.createTopics({ data: { partitions }, models: { partitions: 1, compact: false }, results: { partitions: 1 } })
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
    }
    const model = (is: (answer: Record<string, any>) => boolean): Promise<Record<string, any>> =>
      eventually(
        async () => (await instance.get('/models/wine').catch(() => ({ body: {} }))).body as Record<string, any>,
        body => is(body),
      )
    const eventsNow = async (): Promise<readonly ModelEvent[]> =>
      (await fixture.readAll('model-events')).map(({ value }) => JSON.parse(String(value)) as ModelEvent)
    /** With the broadcast join the data learns of the outcome a little later than the events' topic. */
    const settled = async (timestamp: number, policy: number | undefined): Promise<void> => {
      const last = await eventually(
        async () => {
          await send(...all.map(partition => wineOf(partition, timestamp)))
          const results = await readResults(fixture, sent)
          assert.is(results.length, sent, 'a result for each record')
          return results.slice(-partitions).map(each => each.policy)
        },
        found => found.every(each => each === policy),
      )
      assert.equal([...new Set(last)], [policy])
    }
    const all = Array.from({ length: partitions }, (_, partition) => partition)
    try {
      await instance.ready
      for (const shift of [1, 2]) await fixture.produce('models', [modelFor('wine', { name: `m${shift}`, bytes: shiftedSum(shift) })])
      await model(({ current }) => current === 2)
      for (let round = 1; round <= rounds; round++) {
        const time = timeOf(round)
        await fixture.produce('models', [control({ promote: { version: 1 + (round % 2) }, effectiveFrom: time, reason: `round ${round}` })])
        await model(body => body['waiting']?.[0]?.reason === `round ${round}`)
        await send(...all.map(partition => wineOf(partition, time - 5)))
        const crossing = (async () => {
          for (const partition of all) {
            // Some cancellations come before the time, some after it, most of them about then.
            await new Promise(resolve => setTimeout(resolve, (round * 7) % 30))
            await send(...[-4, 1, -3, 2].map(by => wineOf(partition, time + by)))
          }
        })()
        const cancelling = fixture.produce('models', [control({ cancel: { all: true }, reason: `cancel ${round}` })])
        if (round === killedIn) {
          await instance.kill('SIGKILL')
          instance = serve()
          await instance.ready
        }
        await Promise.all([crossing, cancelling])
        const outcome = (events: readonly ModelEvent[]): ModelEvent | undefined =>
          events.find(({ action, reason }) => action === 'cancel' && reason === `cancel ${round}`)
        const events = await eventually(eventsNow, found => outcome(found) !== undefined)
        const accepted = events.find(({ reason, event }) => reason === `round ${round}` && event === 'accepted')
        await settled(time + 3, outcome(events)?.event === 'refused' ? accepted?.policy : outcome(events)?.policy)
      }
      const results = await readResults(fixture, sent)
      assert.is(results.length, sent)
      const events = await eventsNow()
      checkOrder(results, events, partitions)
      const outcomes = events.filter(({ action }) => action === 'cancel')
      assert.is(outcomes.length, rounds, 'one event a cancellation')
      const letters = await fixture.readAll('dead-letters')
      assert.is(letters.length, outcomes.filter(({ event }) => event === 'refused').length)
      for (let round = 1; round <= rounds; round++) {
        const accepted = events.find(({ reason, event }) => reason === `round ${round}` && event === 'accepted')
        const outcome = outcomes.find(({ reason }) => reason === `cancel ${round}`)
        const isThere = results.some(({ policy }) => policy === accepted?.policy)
        if (outcome?.event === 'refused') {
          assert.is(isThere, true, `round ${round}: not cancelled, so in force`)
          continue
        }
        assert.equal(
          outcome?.cancelled?.map(({ offset }) => offset),
          [accepted?.record?.offset],
        )
        if (how === 'keyed') assert.is(isThere, false, `round ${round}: cancelled, so never in force`)
      }
      console.log(`${how}: ${outcomes.filter(({ event }) => event === 'cancelled').length} of ${rounds} were cancelled`)
    } finally {
      await instance.kill('SIGKILL')
      await fixture.close()
      await rm(dir, { recursive: true, force: true })
    }
  })

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else raced.run()
