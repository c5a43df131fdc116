import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import type { ModelEvent } from '../../serving/model-event-log.ts'
import { controlRecord, shiftedSum } from '../serving/serving-driver.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { ServeProcess } from './serve-process.ts'
import { modelFor, readResults, wineFor } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']
const positions = suite('positions of models on Kafka')
const { ModelRole } = sluice

async function eventsOf(fixture: KafkaFixture): Promise<ModelEvent[]> {
  return (await fixture.readAll('model-events')).map(({ value }) => JSON.parse(String(value)) as ModelEvent)
}

positions('under load and a kill -9 the version of each result is what the positions of the events say, and none is lost', async () => {
  const fixture = new KafkaFixture(brokers ?? '')
  const dir = await mkdtemp(join(tmpdir(), 'sluice-positions-'))
  await fixture.createTopics({ data: { partitions: 2 }, models: { partitions: 2, compact: true }, results: { partitions: 2 } })
  const serve = (): ServeProcess =>
    new ServeProcess(['--port', '0'], {
      SLUICE_BROKERS: fixture.brokers.join(','),
      SLUICE_APPLICATION_ID: fixture.id,
      SLUICE_STATE_DIR: dir,
      SLUICE_DATA_TOPIC: fixture.topic('data'),
      SLUICE_MODELS_TOPIC: fixture.topic('models'),
      SLUICE_RESULTS_TOPIC: fixture.topic('results'),
    })
  let instance = serve()
  const loading = new AbortController()
  let sent = 0
  const load = async (): Promise<void> => {
    while (!loading.signal.aborted) {
      await fixture.produce(
        'data',
        Array.from({ length: 40 }, () => wineFor('wine', sent++ % 97)),
      )
      await sleep(20)
    }
  }
  let producing: Promise<void> | undefined
  const publish = (shift: number, more = {}): Promise<void> =>
    fixture.produce('models', [modelFor('wine', { name: `m${shift}`, bytes: shiftedSum(shift), ...more })])
  const control = (asked: sluice.ModelControl.$Properties): Promise<void> =>
    fixture.produce('models', [{ key: Buffer.from('wine'), value: Buffer.from(controlRecord('wine', asked)) }])
  /** Waits until a policy with this number answered a record. */
  const effective = async (policy: number): Promise<void> => {
    const found = await eventually(
      () => eventsOf(fixture),
      events => events.some(each => each.event === 'effective' && each.policy === policy),
    )
    assert.ok(
      found.some(each => each.event === 'effective' && each.policy === policy),
      `policy ${policy} never took effect`,
    )
  }
  try {
    await instance.ready
    await publish(1)
    producing = load()
    await effective(1)
    await publish(2, { role: { role: ModelRole.SHADOW } })
    await control({ setPolicy: { challengers: [{ of: { version: 2 }, weight: 0.1 }], bucketBy: 'alcohol' } })
    await effective(3)
    await instance.kill('SIGKILL')
    await control({ promote: { version: 2 }, expect: { champion: 1 } })
    await publish(9, { bytes: Buffer.from('no model') })
    instance = serve()
    await instance.ready
    await effective(4)
    await control({ rollback: {} })
    await effective(5)
    loading.abort()
    await producing
    const results = await readResults(fixture, sent)
    const events = await eventsOf(fixture)
    assert.is(results.length, sent)
    assert.is(new Set(results.map(({ inputPartition, inputOffset }) => `${inputPartition}/${inputOffset}`)).size, sent)
    const swaps = events.filter(({ event }) => event === 'effective')
    for (const { inputPartition, inputOffset, policy, role, modelVersion, status } of results) {
      const swap = swaps.findLast(({ position }) => position?.partition === inputPartition && position.offset <= inputOffset)
      if (swap === undefined) {
        assert.equal([status, policy], ['NO_MODEL', 0])
        continue
      }
      assert.is(policy, swap.policy, `the policy at ${inputOffset}`)
      if (role === 'CHAMPION') assert.is(modelVersion, swap.champion, `the version at ${inputOffset}`)
      else assert.equal([role, modelVersion], ['CHALLENGER', 2])
    }
    const challenged = results.filter(({ role }) => role === 'CHALLENGER').length
    assert.ok(challenged > 0, 'the canary answered')
    assert.equal(
      events.map(({ sequence }) => sequence),
      events.map((_, at) => at + 1),
      'no event is lost or told twice',
    )
    assert.equal(
      events.filter(({ event }) => event !== 'effective').map(({ event, champion }) => [event, champion]),
      [
        ['accepted', 1],
        ['accepted', 1],
        ['accepted', 1],
        ['promoted', 2],
        ['refused', 2],
        ['rolledback', 1],
      ],
    )
  } finally {
    loading.abort()
    await producing?.catch(() => undefined)
    await instance.kill('SIGKILL')
    await fixture.close()
    await rm(dir, { recursive: true, force: true })
  }
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else positions.run()
