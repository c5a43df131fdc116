import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RecordingReader } from '../../cli/recording/index.ts'
import { topicResults } from '../../cli/recording/topic-results.ts'
import { type Connection, resultIn } from '../../cli/explain/index.ts'
import { sluice } from '../../proto/messages.js'
import { wholeOf } from '../../serving/index.ts'
import type { TopicRecord } from '../../topology/runtime/index.ts'
import { wine } from '../serving/serving-driver.ts'
import { eagerCompaction, eventually, KafkaFixture, makeTopic } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
const project = join(import.meta.dirname, '../..')

interface World {
  fixture: KafkaFixture
  dir: string
}

const test = suite<World>('recordings of topics that are not as an instance leaves them')
test.before.each(async world => {
  world.fixture = new KafkaFixture(String(brokers))
  world.dir = await mkdtemp(join(tmpdir(), 'sluice-recordings-'))
  await world.fixture.createTopics({ models: { compact: true } })
})
test.after.each(async ({ fixture, dir }) => {
  await fixture.close()
  await rm(dir, { recursive: true })
})

const anyTime = { 'retention.ms': '-1', 'message.timestamp.after.max.ms': String(2n ** 63n - 1n) }

/** A result without a model, which is recorded without one. */
const resultOf = (inputPartition: number, inputOffset: number): Buffer =>
  Buffer.from(
    sluice.ScoreResult.encode({ dataType: 'wine', status: sluice.ScoreResult.Status.NO_MODEL, inputPartition, inputOffset }).finish(),
  )

const input = (at: number): Buffer => Buffer.from(wine('wine', at).value as Uint8Array)

interface Ran {
  readonly code: number
  readonly json: Record<string, unknown>
  readonly stderr: string
}

function record({ fixture }: World, file: string, ...args: string[]): Promise<Ran> {
  const topics = ['data', 'models', 'results'].flatMap(name => [`--${name}-topic`, fixture.topic(name)])
  const all = ['record', '--out', file, '--application-id', fixture.id, ...topics, ...args]
  return new Promise(resolve => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'cli/main.ts', ...all],
      { cwd: project, env: { ...process.env, SLUICE_BROKERS: fixture.brokers.join(',') } },
      (error, stdout, stderr) =>
        resolve({
          code: error ? Number(error.code) : 0,
          json: stdout === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>),
          stderr,
        }),
    )
  })
}

type Pair = readonly [result: TopicRecord, input: TopicRecord]

async function recordedIn(file: string): Promise<Pair[]> {
  const pairs: Pair[] = []
  for await (const { record: result, input: of } of (await RecordingReader.open(file)).results()) pairs.push([result, of as TopicRecord])
  return pairs.toSorted(([a], [b]) => a.partition - b.partition || a.offset - b.offset)
}

/** What the topics have: each result that is one, with its input. */
async function pairsOf(fixture: KafkaFixture): Promise<Pair[]> {
  const inputs = new Map((await fixture.readAll('data')).map(each => [`${each.partition}@${each.offset}`, each]))
  return (await fixture.readAll('results')).flatMap(result => {
    const answer = resultIn(result)
    const of = answer && inputs.get(`${answer.inputPartition}@${wholeOf(answer.inputOffset)}`)
    return of === undefined ? [] : [[result, of] as const]
  })
}

test('transactions that were aborted or are open, markers, records without keys, odd headers and timestamps', async world => {
  const { fixture, dir } = world
  await makeTopic(fixture, 'data', anyTime, 2)
  await makeTopic(fixture, 'results', anyTime, 3)
  const producer = fixture.kafka.producer({ transactionalId: `${fixture.id}-odd`, idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  try {
    const timestamps = [0, 1, 1_700_000_000_000, 2 ** 52, Number.MAX_SAFE_INTEGER]
    const headers = [undefined, { '': '' }, { ['__proto__']: 'own', twice: ['one', 'two'] }, { bytes: Buffer.from([0, 255]) }]
    const topics = [fixture.topic('data'), fixture.topic('results')] as const
    let gone = 0
    for (let round = 0; round < 12; round++) {
      const transaction = await producer.transaction()
      const partition = round % 2
      const message = {
        partition,
        key: round % 3 === 0 ? null : Buffer.alloc(round % 5),
        timestamp: String(timestamps[round % 5]),
        headers: headers[round % 4],
      }
      const [sent] = await transaction.send({ topic: topics[0], messages: [{ ...message, value: input(round) }] } as never)
      await (round % 4 === 3 ? transaction.abort() : transaction.commit())
      const offset = Number(sent?.baseOffset)
      const answer = await producer.transaction()
      const value = resultOf(partition, offset)
      await answer.send({ topic: topics[1], messages: [{ ...message, value, partition: round % 3 }] } as never)
      await (round % 5 === 4 ? answer.abort() : answer.commit())
      if (round % 4 === 3 && round % 5 !== 4) gone++
    }
    await producer.send({
      topic: topics[1],
      messages: [null, Buffer.alloc(0), Buffer.from('no result')].map(value => ({ partition: 1, value })),
    })
    const open = await producer.transaction()
    await open.send({ topic: topics[1], messages: [{ partition: 2, value: resultOf(0, 0) }] })
    const expected = await pairsOf(fixture)
    assert.ok(expected.length >= 6, String(expected.length))
    const file = join(dir, 'odd.recording')
    const ran = await record(world, file)
    assert.equal(ran, { code: 0, json: { file, results: expected.length, inputGone: gone, modelGone: 0, models: 0, stray: 3 }, stderr: '' })
    const named = (pairs: readonly Pair[]): unknown =>
      pairs.map(pair => pair.map(each => ({ ...each, headers: JSON.stringify(each.headers) })))
    assert.equal(named(await recordedIn(file)), named(expected))
    await open.abort()
  } finally {
    await producer.disconnect()
  }
})

test('inputs that compaction has taken are counted, and the others recorded', async world => {
  const { fixture, dir } = world
  await makeTopic(fixture, 'data', eagerCompaction)
  await makeTopic(fixture, 'results', anyTime, 2)
  const count = 60
  for (let round = 0; round < 3; round++) {
    await fixture.produce(
      'data',
      Array.from({ length: count / 3 }, (_, at) => ({ key: Buffer.from(`k${at % 7}`), value: input(at) })),
    )
    await new Promise(resolve => setTimeout(resolve, 200))
  }
  await fixture.produce(
    'results',
    Array.from({ length: count }, (_, at) => ({ partition: at % 2, value: resultOf(0, at) })),
  )
  const left = await eventually(
    () => fixture.readAll('data'),
    records => records.length < count,
  )
  assert.ok(left.length < count, 'it is compacted')
  const file = join(dir, 'compacted.recording')
  const { code, json, stderr } = await record(world, file)
  assert.equal([code, stderr, Number(json['results']) + Number(json['inputGone'])], [0, '', count])
  assert.ok(Number(json['inputGone']) > 0)
  const pairs = await recordedIn(file)
  assert.is(pairs.length, json['results'])
  for (const [result, of] of pairs) assert.is(wholeOf(sluice.ScoreResult.decode(result.value as Buffer).inputOffset), of.offset)
})

test('what comes while a topic is being recorded is not in it', async ({ fixture }) => {
  await fixture.createTopics({ data: { partitions: 1 }, results: { partitions: 1 } })
  const answered = async (from: number, count: number): Promise<void> => {
    const offsets = Array.from({ length: count }, (_, at) => from + at)
    await fixture.produce(
      'data',
      offsets.map(at => ({ value: input(at) })),
    )
    await fixture.produce(
      'results',
      offsets.map(at => ({ value: resultOf(0, at) })),
    )
  }
  await answered(0, 10)
  const admin = fixture.kafka.admin()
  await admin.connect()
  try {
    // Once its end is known it grows, before it is read.
    const fetchTopicOffsets: typeof admin.fetchTopicOffsets = async topic => {
      const offsets = await admin.fetchTopicOffsets(topic)
      if (topic === fixture.topic('results')) await answered(10, 5)
      return offsets
    }
    const growing: Connection = { kafka: fixture.kafka, admin: Object.assign(Object.create(admin) as typeof admin, { fetchTopicOffsets }) }
    const topics = { dataTopic: fixture.topic('data'), resultsTopic: fixture.topic('results') }
    const offsets: number[] = []
    for await (const { record: result } of topicResults(growing, { ...topics, last: 4 })) offsets.push(result.offset)
    assert.equal(offsets, [6, 7, 8, 9])
  } finally {
    await admin.disconnect()
  }
})

test('two that record to one file at the same time: each says what it wrote, and the file is whole', async world => {
  const { fixture, dir } = world
  await fixture.createTopics({ data: { partitions: 2 }, results: { partitions: 2 } })
  const count = 4000
  const records = Array.from({ length: count }, (_, at) => ({ partition: at % 2, value: input(at) }))
  await fixture.produce('data', records)
  await fixture.produce(
    'results',
    records.map(({ partition }, at) => ({ partition, value: resultOf(partition, Math.floor(at / 2)) })),
  )
  const file = join(dir, 'one.recording')
  const ran = await Promise.all([record(world, file), record(world, file), record(world, file, '--limit', '100')])
  assert.equal(
    ran.map(({ code, stderr, json }) => [code, stderr, json['results']]),
    [count, count, 100].map(results => [0, '', results]),
  )
  assert.ok([count, 100].includes((await recordedIn(file)).length))
  assert.equal(await readdir(dir), ['one.recording'])
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
