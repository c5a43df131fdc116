import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { guarantees } from '../../cli/config/settings.ts'
import { ControlledProcess, type ProcessOptions } from './controlled-process.ts'
import type { Sum } from './controlled-topology.ts'
import { KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
const partitions = 4
const rounds = 36
/** Amounts of a round, of one key on each partition. */
const perRound = 5

const test = suite<{ fixture: KafkaFixture; dir: string }>('controlled streams, broadcast, with standbys')
test.before.each(async world => {
  world.fixture = new KafkaFixture(String(brokers))
  world.dir = await mkdtemp(join(tmpdir(), 'sluice-controlled-kills-'))
})
test.after.each(async ({ fixture, dir }) => {
  await fixture.close()
  await rm(dir, { recursive: true })
})

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

for (const guarantee of guarantees)
  test(`${guarantee}: kills while controls come: no control goes back, and no amount is ${guarantee === 'exactly_once' ? 'lost or doubled' : 'lost'}`, async ({
    fixture,
    dir,
  }) => {
    await fixture.createTopics({ factors: { compact: true }, amounts: {}, sums: {}, events: {} })
    const options: ProcessOptions = { topics: { join: 'broadcast', rekey: false }, streams: { standbyReplicas: 1, guarantee } }
    const start = (name: string): ControlledProcess => new ControlledProcess(fixture, join(dir, name), options)
    const instances = new Map(['first', 'second'].map(name => [name, start(name)]))
    try {
      await Promise.all([...instances.values()].map(each => each.running()))
      for (let round = 0; round < rounds; round++) {
        // Every key of data is steered by one control; its memory is by the key of the data.
        await fixture.produce('factors', [{ key: Buffer.from('all'), value: bytes({ factor: round + 1 }) }])
        await fixture.produce(
          'amounts',
          Array.from({ length: partitions * perRound }, (_, at) => ({
            key: Buffer.from(`on-${at % partitions}`),
            value: bytes({ key: 'all', n: round * perRound + Math.floor(at / partitions) }),
            partition: at % partitions,
          })),
        )
        if (round === 8) await instances.get('first')!.kill()
        if (round === 16) instances.set('first', start('first'))
        if (round === 20) await instances.get('first')!.running()
        if (round === 26) await instances.get('second')!.kill()
        await sleep(50)
      }
      const sums = await fixture.readAtLeast('sums', rounds * partitions * perRound)
      if (guarantee === 'exactly_once') assert.is(sums.length, rounds * partitions * perRound)
      for (let partition = 0; partition < partitions; partition++) {
        const own = sums.filter(({ key }) => String(key) === `on-${partition}`).map(({ value }) => JSON.parse(String(value)) as Sum)
        assert.equal(
          [...new Set(own.map(({ n }) => n))].toSorted((a, b) => a - b),
          Array.from({ length: rounds * perRound }, (_, at) => at),
        )
        for (const [at, { n, count, factor }] of own.entries()) {
          if (guarantee === 'exactly_once') assert.equal([n, count], [at, at + 1])
          const newest = Math.max(0, ...own.slice(0, at).map(before => before.factor))
          assert.ok(factor >= newest, `${n} of partition ${partition} has the factor ${factor} after ${newest}`)
        }
      }
      assert.equal(await fixture.readAll('dead-letters'), [])
    } finally {
      for (const each of instances.values()) await each.kill()
    }
  })

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
