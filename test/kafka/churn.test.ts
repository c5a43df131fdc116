import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { createTopology } from './counting-topology.ts'
import { eventually, KafkaFixture } from './fixture.ts'

interface Context {
  readonly fixture: KafkaFixture
  readonly dir: string
}

const test = suite<Context>('instances that come and go')
test.before.each(async context => {
  const fixture = new KafkaFixture(String(process.env['KAFKA_BROKERS']))
  Object.assign(context, { fixture, dir: await mkdtemp(join(tmpdir(), 'sluice-churn-')) })
  await fixture.createTopics({ words: {}, out: {} })
})
test.after.each(async ({ fixture, dir }) => {
  await fixture.close()
  await rm(dir, { recursive: true })
})

function instance({ fixture, dir }: Context, name: string, failures: unknown[]): SluiceStreams {
  const topology = createTopology({ input: fixture.topic('words'), output: fixture.topic('out') })
  return new SluiceStreams(topology, {
    applicationId: fixture.id,
    brokers: fixture.brokers,
    stateDir: join(dir, name),
    listener: { onError: (error, fatal) => fatal && failures.push(error) },
  })
}

async function stop(each: SluiceStreams | undefined): Promise<void> {
  await each?.stop()
}

const keys = Array.from({ length: 16 }, (_, at) => `k${at}`)
const changes = 20

test(`${changes} joins and leaves in quick succession: the group converges, and each record counts once, in order`, async context => {
  const { fixture } = context
  const failures: unknown[] = []
  const host = instance(context, 'host', failures)
  const guests: (SluiceStreams | undefined)[] = [undefined, undefined]
  let sent = 0
  const send = async (): Promise<void> => {
    await fixture.produce(
      'words',
      keys.map(key => ({ key: Buffer.from(key), value: Buffer.from('x') })),
    )
    sent += keys.length
  }
  try {
    await host.start()
    for (let change = 0; change < changes; change++) {
      const at = change % guests.length
      await Promise.all([stop(guests[at]), send()])
      if (guests[at] !== undefined) guests[at] = undefined
      else await (guests[at] = instance(context, `guest-${at}`, failures)).start()
    }
    await Promise.all(guests.map(stop))
    await send()
    const tasks = await eventually(
      () => host.tasks(),
      all => all.filter(({ state }) => state === 'running').length === 4,
    )
    assert.equal(
      tasks.map(({ task, state }) => `${task} ${state}`),
      ['0_0 running', '0_1 running', '0_2 running', '0_3 running'],
    )
    const out = await fixture.readAtLeast('out', sent)
    for (const key of keys) {
      const counts = out.filter(record => String(record.key) === key).map(({ value }) => Number(value))
      assert.equal(
        counts,
        Array.from({ length: sent / keys.length }, (_, count) => count + 1),
        key,
      )
    }
    assert.equal(failures, [])
  } finally {
    await Promise.all([host, ...guests].map(stop))
  }
})

if (process.env['KAFKA_BROKERS'] === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
