import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { guarantees } from '../../cli/config/settings.ts'
import type { CommandedTopics, Heard, Reading, Wanted } from './commanded-topology.ts'
import { javaRecords } from './java-consumer.ts'
import { ControlledProcess, type ProcessOptions } from './controlled-process.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
const sensors = Array.from({ length: 10 }, (_, at) => `sensor-${at}`)
const readings = 480
/** The number of readings for which a wanted temperature holds. */
const perControl = 30
const burst = 12
const begin = Date.now() - 60_000
const timeOf = (n: number): number => begin + n * 10

const temperature = (sensor: number, n: number): number => (n * 7 + sensor * 13) % 40
const wanted = (sensor: number, at: number): number => (at * 11 + sensor * 5) % 40

interface Expected {
  readonly commands: readonly string[]
  readonly heard: Heard
}

/** The commands that a sensor must get, each with its time, and the memory of it. `broadcast`: the controls of the first one steer all. */
function expectedOf(sensor: number, join: CommandedTopics['join']): Expected {
  const commands: string[] = []
  let [last, weighed] = ['', 0]
  for (let n = 0; n < readings; n++) {
    const desired = wanted(join === 'broadcast' ? 0 : sensor, Math.floor(n / perControl))
    const t = temperature(sensor, n)
    weighed += t * desired
    const command = t < desired ? 'on' : 'off'
    if (command !== last) commands.push(`${timeOf(n)} ${command}`)
    last = command
  }
  return { commands, heard: { n: readings - 1, count: readings, weighed } }
}

interface World {
  fixture: KafkaFixture
  dir: string
  running: Set<ControlledProcess>
}

const test = suite<World>('controlled streams whose instances end')
test.before.each(async world => {
  world.fixture = new KafkaFixture(String(brokers))
  world.dir = await mkdtemp(join(tmpdir(), 'sluice-controlled-ends-'))
  world.running = new Set()
})
test.after.each(async ({ fixture, dir, running }) => {
  for (const each of running) await each.kill()
  await fixture.close()
  await rm(dir, { recursive: true })
})

const bytes = (value: Reading | Wanted): Buffer => Buffer.from(JSON.stringify(value))

async function produceControls(fixture: KafkaFixture, join: CommandedTopics['join']): Promise<void> {
  const keys = join === 'broadcast' ? ['all'] : sensors
  const records = keys.flatMap((key, sensor) =>
    Array.from({ length: readings / perControl }, (_, at) => ({
      key: Buffer.from(key),
      value: bytes({ desired: wanted(sensor, at), from: timeOf(at * perControl) }),
    })),
  )
  await fixture.produce('wanted', records)
  await eventually(
    async () => (await fixture.readAll('events')).length,
    count => count >= records.length,
  )
  // A global store has read the changelog by then.
  await sleep(500)
}

interface Ending {
  /** Readings that were written when it ends, and when it starts again. */
  readonly at: number
  readonly back: number
  readonly name: string
  readonly signal: 'SIGKILL' | 'SIGTERM'
}

interface Case {
  readonly what: string
  readonly join: 'keyed' | 'broadcast'
  readonly instances: Readonly<Record<string, ProcessOptions>>
  readonly endings: readonly Ending[]
}

async function play({ fixture, dir, running }: World, { instances, endings }: Case, options: ProcessOptions): Promise<void> {
  const found = new Map<string, ControlledProcess>()
  const start = (name: string): void => {
    const own = instances[name] ?? {}
    const each = new ControlledProcess(fixture, join(dir, name), {
      ...options,
      ...own,
      module: 'commanded-topology.ts',
      streams: { ...options.streams, ...own.streams },
    })
    found.set(name, each)
    running.add(each)
  }
  for (const name of Object.keys(instances)) start(name)
  await Promise.all([...found.values()].map(each => each.running()))
  await produceControls(fixture, (options.topics as CommandedTopics).join)
  for (let n = 0; n < readings; n += burst) {
    const records = Array.from({ length: burst }, (_, at) => n + at).flatMap(each =>
      sensors.map((key, sensor) => ({
        key: Buffer.from(key),
        value: bytes({ n: each, t: temperature(sensor, each) }),
        timestamp: timeOf(each),
      })),
    )
    await fixture.produce('readings', records)
    for (const { name, signal } of endings.filter(each => each.at === n)) {
      const code = await found.get(name)!.end(signal)
      if (signal === 'SIGTERM') assert.is(code, 0, `${name} ends in order`)
    }
    for (const { name } of endings.filter(each => each.back === n)) start(name)
  }
  const heard = async (): Promise<readonly Heard[]> => {
    const rows = await fixture.readAll('heat-memory-changelog')
    return rows.flatMap(({ value }) => (value === null ? [] : [JSON.parse(String(value)) as Heard]))
  }
  const whole = (rows: readonly Heard[]): boolean => rows.filter(({ n }) => n === readings - 1).length >= sensors.length
  assert.ok(whole(await eventually(heard, whole)), 'all readings are judged')
}

const cases: readonly Case[] = [
  {
    what: 'keyed, three instances, one of them with two threads, killed in turn',
    join: 'keyed',
    instances: { a: {}, b: { threads: 2 }, c: {} },
    endings: [
      { at: 96, back: 168, name: 'a', signal: 'SIGKILL' },
      { at: 240, back: 300, name: 'b', signal: 'SIGKILL' },
      { at: 372, back: 1000, name: 'c', signal: 'SIGKILL' },
    ],
  },
  {
    what: 'broadcast, two instances with standbys, which end in order, and by kill',
    join: 'broadcast',
    instances: { a: { threads: 1, streams: { standbyReplicas: 1 } }, b: { streams: { standbyReplicas: 1 } } },
    endings: [
      { at: 96, back: 180, name: 'a', signal: 'SIGTERM' },
      { at: 276, back: 1000, name: 'b', signal: 'SIGTERM' },
      { at: 360, back: 372, name: 'a', signal: 'SIGKILL' },
    ],
  },
]

for (const guarantee of guarantees)
  for (const each of cases)
    test(`${guarantee}: ${each.what}`, async world => {
      const { fixture, dir } = world
      const { join } = each
      await fixture.createTopics({ wanted: { compact: true }, readings: {}, commands: {}, events: {} })
      await play(world, each, { topics: { join }, streams: { guarantee } })
      const commands = await javaRecords(fixture.brokers, fixture.topic('commands'), dir)
      const rows = await fixture.readAll('heat-memory-changelog')
      for (const [sensor, key] of sensors.entries()) {
        const { commands: expected, heard } = expectedOf(sensor, join)
        const own = commands.filter(record => record.key === key).map(({ timestamp, value }) => `${timestamp} ${value}`)
        const last = rows.findLast(row => String(row.key) === key && row.value !== null)
        const kept = JSON.parse(String(last?.value)) as Heard
        if (guarantee === 'exactly_once') {
          assert.equal(own, expected, key)
          assert.equal(kept, heard, key)
        } else {
          const missing = expected.filter(command => !own.includes(command))
          assert.equal(missing, [], `${key} misses commands`)
          assert.ok(kept.count >= heard.count, key)
        }
      }
      assert.equal(await fixture.readAll('dead-letters'), [])
    })

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
