import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startRestServer } from '../../rest/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { get } from '../rest/two-instances.ts'
import { eventually, holds, KafkaFixture } from './fixture.ts'
import { createTopology } from './versioned-topology.ts'

const test = suite('versioned stores on Kafka')

// The broker refuses records from the future, and deletes those from long ago.
const base = Math.floor(Date.now() / 1000) * 1000 - 3 * 3_600_000
const minute = 60_000
const keys = Array.from({ length: 12 }, (_, at) => `sensor/${at}`)
/** The minutes of the versions in the order of the writes; those divisible by 7 are deletions. */
const minutes = [1, 12, 5, 14, 3, 30, 28, 21, 40]
const written = minutes.flatMap(at =>
  keys.map(key => ({ key: Buffer.from(key), value: at % 7 === 0 ? null : Buffer.from(`${key} ${at}`), timestamp: base + at * minute })),
)

interface Version {
  readonly value: string
  readonly timestamp: number
  readonly validTo?: number
}

function versionsOf(key: string): Version[] {
  const sorted = minutes.toSorted((a, b) => a - b)
  return sorted.flatMap((at, index) => {
    const next = sorted[index + 1]
    const version = { value: `${key} ${at}`, timestamp: base + at * minute }
    if (at % 7 === 0) return []
    return [next === undefined ? version : { ...version, validTo: base + next * minute }]
  })
}

const versionAt = (key: string, time: number): Version | undefined =>
  versionsOf(key).find(({ timestamp, validTo = Infinity }) => timestamp <= time && time < validTo)

class Instance {
  port = 0
  readonly #directory: string
  readonly #args: readonly string[]
  #child: ChildProcess | undefined

  constructor(directory: string, args: readonly string[]) {
    this.#directory = directory
    this.#args = args
  }

  async start(): Promise<void> {
    const program = fileURLToPath(new URL('versioned-instance.ts', import.meta.url))
    const args = ['--import', 'tsx', program, ...this.#args, this.#directory]
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }), 'line')) as [string]
    this.port = Number(line)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  async wipe(): Promise<void> {
    await rm(this.#directory, { recursive: true })
  }

  async get(path: string): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`)
    return { status: answer.status, body: (await answer.json()) as Readonly<Record<string, unknown>> }
  }
}

const pathOf = (key: string): string => `/state/settings/keys/${encodeURIComponent(key)}`

/** Waits until this many instances run the tasks. */
async function settled(instance: Instance, members: number): Promise<void> {
  const tasks = await eventually(
    async () =>
      ((await instance.get('/state/instances')).body as unknown as { activeTasks: string[] }[]).map(({ activeTasks }) => activeTasks),
    found => found.length === members && found.flat().length === 4,
  )
  assert.is(tasks.length, members)
}

/** Checks that owners return exactly the versions of every key, at all times. */
async function allAnswered(instances: readonly Instance[]): Promise<void> {
  const owners = new Set<unknown>()
  for (const key of keys) {
    const expected = versionsOf(key)
    for (const instance of instances) {
      const { body } = await eventually(
        () => instance.get(`${pathOf(key)}/versions`),
        found => found.status === 200 && found.body['stale'] === undefined && isDeepStrictEqual(found.body['versions'], expected),
      )
      assert.equal(body['versions'], expected, key)
      owners.add(body['port'])
      for (let at = 0; at <= 42; at += 3) {
        const version = versionAt(key, base + at * minute)
        const answer = await instance.get(`${pathOf(key)}?at=${base + at * minute}`)
        assert.is(answer.status, version === undefined ? 404 : 200, `${key} at ${at}`)
        if (version !== undefined) assert.equal(answer.body, { store: 'settings', key, ...version, host: '127.0.0.1', port: body['port'] })
      }
    }
  }
  assert.is(owners.size, instances.length, 'each instance has some of the keys')
}

test('the same versions on every instance, from a standby, after a kill -9 with the loss of the disk, and from the changelog alone', async () => {
  const fixture = new KafkaFixture(String(process.env['KAFKA_BROKERS']))
  const directory = await mkdtemp(join(tmpdir(), 'sluice-versions-'))
  const args = [fixture.brokers.join(','), fixture.id, ...['settings', 'readings', 'out'].map(name => fixture.topic(name))]
  const [one, two] = [new Instance(join(directory, 'one'), args), new Instance(join(directory, 'two'), args)]
  try {
    await fixture.createTopics({ settings: {}, readings: {}, out: {} })
    await one.start()
    await two.start()
    await settled(one, 2)
    await fixture.produce('settings', written)
    await eventually(
      async () => (await one.get('/state/settings/count')).body['count'],
      count => count === keys.length,
    )
    await allAnswered([one, two])
    assert.equal((await two.get('/state/settings/all?limit=1')).body['entries'], [{ key: keys[0], value: `${keys[0]} 40` }])

    const times = [0, 4, 7, 13, 27, 29, 41]
    await fixture.produce(
      'readings',
      times.flatMap(at => keys.map(key => ({ key: Buffer.from(key), value: Buffer.from(String(at)), timestamp: base + at * minute }))),
    )
    const joined = (await fixture.readAtLeast('out', times.length * keys.length)).map(({ key, value }) => `${String(key)} ${String(value)}`)
    const expected = times.flatMap(at => keys.map(key => `${key} ${at}: ${versionAt(key, base + at * minute)?.value ?? 'none'}`))
    assert.equal(joined.toSorted(), expected.toSorted())

    const key = keys[0] as string
    const owner = Number((await one.get(pathOf(key))).body['port'])
    const [owning, following] = owner === one.port ? [one, two] : [two, one]
    owning.signal('SIGSTOP')
    const { body: stale } = await eventually(
      () => following.get(`${pathOf(key)}?at=${base + 13 * minute}`),
      ({ body }) => body['lag'] === 0,
    )
    owning.signal('SIGCONT')
    assert.equal(stale, {
      store: 'settings',
      key,
      ...versionAt(key, base + 13 * minute),
      host: '127.0.0.1',
      port: following.port,
      stale: true,
      lag: 0,
    })

    await owning.kill()
    await owning.wipe()
    await owning.start()
    await settled(following, 2)
    await allAnswered([one, two])

    await Promise.all([one.kill(), two.kill()])
    await Promise.all([one.wipe(), two.wipe()])
    await one.start()
    await settled(one, 1)
    await allAnswered([one])
  } finally {
    await Promise.all([one.kill(), two.kill()])
    await fixture.close()
    await rm(directory, { recursive: true })
  }
})

for (const threads of [0, 1])
  test(`writes that are too late are dropped, counted and logged; others are processed: ${threads} worker threads`, async () => {
    const fixture = new KafkaFixture(String(process.env['KAFKA_BROKERS']))
    await fixture.createTopics({ settings: { partitions: 1 }, readings: { partitions: 1 }, out: {} })
    const lines: string[] = []
    const names = { settings: fixture.topic('settings'), readings: fixture.topic('readings'), out: fixture.topic('out') }
    const module = { module: new URL('versioned-topology.ts', import.meta.url), options: names }
    const app = new SluiceStreams(threads === 0 ? createTopology(names) : module, {
      threads,
      applicationId: fixture.id,
      brokers: fixture.brokers,
      listener: { log: (level, message, { store, writes }) => void lines.push(`${level} ${message} ${String(store)} ${String(writes)}`) },
    })
    const rest = await startRestServer({ streams: app, port: 0 })
    app.advertise({ host: rest.host, port: rest.port })
    try {
      await app.start()
      const record = (value: string, at: number) => ({ key: Buffer.from('k'), value: Buffer.from(value), timestamp: base + at * minute })
      await fixture.produce('settings', [record('a', 60), record('b', 120), record('too late', 59), record('c', 121)])
      await eventually(
        () => get(rest, '/state/settings/keys/k'),
        ({ body }) => body['value'] === 'c',
      )
      await holds(async () => {
        const dropped = (await app.metrics()).find(({ name }) => name === 'sluice_dropped_writes_total')
        assert.equal(dropped?.samples, [{ labels: ['0_0', 'settings'], value: 1 }])
        assert.ok(
          lines.includes("warn writes to a versioned store were dropped: they are older than the store's history settings 1"),
          lines.join('\n'),
        )
      })
      assert.is((await get(rest, `/state/settings/keys/k?at=${base + 60 * minute}`)).status, 404, 'older than an hour')
      assert.is((await get(rest, `/state/settings/keys/k?at=${base + 61 * minute}`)).body['value'], 'a')
      assert.equal((await get(rest, `/state/settings/keys/k/versions?limit=1`)).body, {
        store: 'settings',
        key: 'k',
        versions: [{ value: 'a', timestamp: base + 60 * minute, validTo: base + 120 * minute }],
        next: base + 120 * minute,
        host: rest.host,
        port: rest.port,
      })
    } finally {
      await app.stop()
      await rest.close()
      await fixture.close()
    }
  })

test.run()
