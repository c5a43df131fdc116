import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isAlive } from '../../cli/kafka/broker-record.ts'
import { freePort, startLocalKafka, type LocalKafka } from '../../cli/kafka/local-kafka.ts'
import { guarantees } from '../../topology/runtime/config/streams-option-table.ts'
import { SluiceStreams, type StreamsOptions } from '../../topology/runtime/index.ts'
import { shiftedSum } from '../serving/serving-driver.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { createTopology } from './counting-topology.ts'
import { ServeProcess } from './serve-process.ts'
import { modelFor, readResults, wineFor } from './serving-app.ts'

// Each test has a broker of its own, which it takes away.

interface World {
  dir: string
  kafka: LocalKafka
}

const test = suite<World>('an instance is stopped while no broker answers')
test.before.each(async world => {
  world.dir = await mkdtemp(join(tmpdir(), 'sluice-stop-'))
  await startBroker(world)
})
test.after.each(async ({ dir, kafka }) => {
  if (isAlive(kafka.pid)) process.kill(kafka.pid, 'SIGKILL')
  while (isAlive(kafka.pid)) await sleep(20)
  await rm(dir, { recursive: true, force: true, maxRetries: 5 })
})

async function startBroker(world: World): Promise<void> {
  const port = world.kafka === undefined ? await freePort() : Number(world.kafka.brokers.split(':')[1])
  world.kafka = await startLocalKafka({ dir: join(world.dir, 'kafka'), port, heapMb: 256, log: () => undefined })
}

/** How the broker goes: its connections stay and it says nothing, or it is gone. */
const ways = { held: 'SIGSTOP', killed: 'SIGKILL' } as const
/** What a busy machine takes beyond the time that is promised, ms: far less than any of the waits that a stop had before. */
const slackMs = 5000
const stopTimeoutMs = 2000

/** What the promise came to within the time; 'too late' if it is not settled by then. */
function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | 'too late'> {
  return Promise.race([promise, sleep(milliseconds, 'too late' as const, { ref: false })])
}

/** Timers, sockets and threads that keep this process alive. */
const alive = (): readonly string[] => process.getActiveResourcesInfo()

/** What is alive beyond what was before, once nothing is or the time is over. */
async function leftOf(before: readonly string[]): Promise<readonly string[]> {
  for (const end = performance.now() + slackMs; ; await sleep(50)) {
    const left = [...alive()]
    for (const known of before) if (left.includes(known)) left.splice(left.indexOf(known), 1)
    if (left.length === 0 || performance.now() > end) return left
  }
}

/** An application of its own that counts words: one instance, and the next one. */
class Counting {
  readonly fixture: KafkaFixture
  readonly log: string[] = []
  readonly #options: Partial<StreamsOptions>
  readonly #stateDir: string

  constructor({ dir, kafka }: World, options: Pick<StreamsOptions, 'guarantee' | 'threads'>) {
    this.fixture = new KafkaFixture(kafka.brokers)
    this.#options = options
    this.#stateDir = join(dir, this.fixture.id)
  }

  instance(more: Partial<StreamsOptions> = {}): SluiceStreams {
    const { fixture, log } = this
    const topics = { input: fixture.topic('words'), output: fixture.topic('out') }
    const module = new URL('counting-topology.ts', import.meta.url)
    return new SluiceStreams((this.#options.threads ?? 0) > 0 ? { module, options: topics } : createTopology(topics), {
      applicationId: fixture.id,
      brokers: fixture.brokers,
      stateDir: this.#stateDir,
      // A stop need not wait for any of them, so they are longer than it may take.
      sessionTimeoutMs: 60_000,
      transactionTimeoutMs: 60_000,
      commitIntervalMs: 60_000,
      stopTimeoutMs,
      listener: { log: (_level, message) => void log.push(message), onError: error => void log.push(String(error)) },
      ...this.#options,
      ...more,
    })
  }

  /** An instance that has processed records which are not committed. */
  async begun(): Promise<SluiceStreams> {
    const { fixture } = this
    await fixture.createTopics({ words: {}, out: {} })
    const instance = this.instance()
    await instance.start()
    await fixture.produce('words', words(400))
    await fixture.readAtLeast('out', 400)
    // Few enough that no commit of them is due.
    await fixture.produce('words', words(2))
    await eventually(
      () => instance.counters().recordsIn,
      records => records === 402,
    )
    return instance
  }

  /** The next instance goes on where the last commit was. */
  async goesOn(): Promise<void> {
    const { guarantee } = this.#options
    const next = this.instance({ commitIntervalMs: 100, stopTimeoutMs: 20_000 })
    try {
      await next.start()
      const out = await this.fixture.readAtLeast('out', 402)
      for (const key of new Set(out.map(record => String(record.key)))) {
        const seen = out.filter(record => String(record.key) === key).map(({ value }) => Number(value))
        const due = Array.from({ length: key === 'k0' || key === 'k1' ? 101 : 100 }, (_, at) => at + 1)
        assert.equal(
          [...new Set(seen)].toSorted((a, b) => a - b),
          due,
          key,
        )
        if (guarantee === 'exactly_once') assert.is(seen.length, due.length)
      }
    } finally {
      await next.stop()
    }
  }
}

const words = (count: number): { key: Buffer; value: Buffer; partition: number }[] =>
  Array.from({ length: count }, (_, at) => ({ key: Buffer.from(`k${at % 4}`), value: Buffer.from('x'), partition: at % 4 }))

for (const [way, signal] of Object.entries(ways))
  test(`the broker is ${way}: each ends in its time, joined or not, leaves nothing alive, and what it had not committed is read by the next one`, async world => {
    const before = alive()
    const applications = guarantees.flatMap(guarantee => [0, 1].map(threads => new Counting(world, { guarantee, threads })))
    const instances = await Promise.all(applications.map(each => each.begun()))
    process.kill(world.kafka.pid, signal)
    const starting = new Counting(world, {}).instance()
    const started = starting.start().catch((error: unknown) => error)
    await sleep(300)
    const stops = [...instances, starting].map(instance => within(stopTimeoutMs + slackMs, instance.stop()))
    for (const [at, stopped] of (await Promise.all(stops)).entries()) assert.is(stopped, undefined, applications[at]?.log.join('\n'))
    // Threads that notice that the broker is gone fail by themselves, before a stop has to do without it.
    if (signal === 'SIGSTOP')
      for (const { log } of applications)
        assert.ok(
          log.some(line => line.includes('goes on without the brokers')),
          log.join('\n'),
        )
    assert.match(String(await started), /no Kafka broker answered/)
    assert.equal(await leftOf(before), [])
    if (signal === 'SIGSTOP') process.kill(world.kafka.pid, 'SIGCONT')
    else await startBroker(world)
    for (const application of applications) await application.goesOn()
  })

interface Serving {
  readonly fixture: KafkaFixture
  readonly serve: ServeProcess
}

/** `host`: where the model of the data type "slow" is. */
function serving({ kafka, dir }: World, guarantee: string, host: string): Serving {
  const fixture = new KafkaFixture(kafka.brokers)
  const serve = new ServeProcess(['--state-dir', join(dir, fixture.id), '--port', '0', '--model-hosts', host], {
    KAFKA_BROKERS: kafka.brokers,
    SLUICE_APPLICATION_ID: fixture.id,
    SLUICE_DATA_TOPIC: fixture.topic('data'),
    SLUICE_MODELS_TOPIC: fixture.topic('models'),
    SLUICE_RESULTS_TOPIC: fixture.topic('results'),
    SLUICE_GUARANTEE: guarantee,
  })
  return { fixture, serve }
}

/** Some data is answered, some waits for its model, and some is on its way. */
async function busy({ fixture, serve }: Serving, host: string): Promise<{ readonly sent: Promise<void> }> {
  await fixture.createTopics({ models: { compact: true }, data: {}, results: {} })
  await serve.ready
  const slow = modelFor('slow', { location: `http://${host}/model` })
  await fixture.produce('models', [modelFor('quick', { bytes: shiftedSum(1) }), slow])
  await fixture.produce('data', Array.from({ length: 200 }, (_, at) => [wineFor('quick', at), wineFor('slow', at)]).flat())
  await readResults(fixture, 200)
  const data = Array.from({ length: 20_000 }, (_, at) => wineFor(at % 10 === 0 ? 'slow' : 'quick', at))
  return { sent: fixture.produce('data', data).catch(() => undefined) }
}

test('sluice serve, with records that wait for their model and transactions that are open, ends with 0 within 10 s of SIGTERM', async world => {
  // It takes connections, and answers nothing.
  const silent = createServer(socket => void socket.on('error', () => undefined).resume())
  await once(silent.listen(0, '127.0.0.1'), 'listening')
  const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`
  const all = guarantees.map(guarantee => serving(world, guarantee, host))
  try {
    const sending = await Promise.all(all.map(each => busy(each, host)))
    await sleep(150)
    process.kill(world.kafka.pid, 'SIGSTOP')
    for (const { serve } of all) serve.signal('SIGTERM')
    for (const { serve } of all) {
      const ended = await within(10_000, serve.ended)
      if (ended === 'too late') assert.unreachable(serve.stderr)
      else assert.is(ended.code, 0, ended.stderr)
    }
    process.kill(world.kafka.pid, 'SIGCONT')
    await Promise.all(sending.map(({ sent }) => sent))
  } finally {
    await Promise.all(all.map(({ serve }) => serve.kill('SIGKILL')))
    silent.close()
  }
})

if (process.env['KAFKA_BROKERS'] === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
