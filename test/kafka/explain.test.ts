import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rescoreResults } from '../../bench/life/index.ts'
import { sluice } from '../../proto/messages.js'
import { type ModelEvent, wholeOf } from '../../serving/index.ts'
import type { WriterRecord } from '../../topology/runtime/topics/topic-writer.ts'
import { controlRecord, present, shiftedSum } from '../serving/serving-driver.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { checkRecording } from './recording-checks.ts'
import { ServeProcess } from './serve-process.ts'
import { modelFor } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']
const project = join(import.meta.dirname, '../..')
const explained = suite('results explained, on Kafka')
const fields = ['fixed_acidity', 'volatile_acidity', 'citric_acid', 'residual_sugar', 'chlorides', 'density', 'pH', 'alcohol'] as const

/** A wine whose fields are fractions that no float holds exactly. */
function wineAt(at: number, dataType = 'wine'): WriterRecord {
  const values = Object.fromEntries(fields.map((name, column) => [name, Math.sin(at * 7 + column) * 5 + 6]))
  return {
    key: Buffer.from(dataType),
    value: sluice.WineRecord.encode({ ...values, dataType }).finish(),
    timestamp: 1_700_000_000_000 + at * 1000,
  }
}

interface World {
  readonly fixture: KafkaFixture
  readonly env: Readonly<Record<string, string>>
  sent: number
}

async function send({ fixture, sent }: World, count: number): Promise<number> {
  const records = Array.from({ length: count }, (_, at) => wineAt(sent + at))
  await fixture.produce('data', records)
  return sent + count
}

const publish = ({ fixture }: World, name: string, bytes: Uint8Array, more = {}): Promise<void> =>
  fixture.produce('models', [modelFor('wine', { name, bytes, ...more })])
const control = ({ fixture }: World, asked: sluice.ModelControl.$Properties): Promise<void> =>
  fixture.produce('models', [{ key: Buffer.from('wine'), value: Buffer.from(controlRecord('wine', asked)) }])

/** Waits for the event of a version or policy. */
async function event({ fixture }: World, is: (event: ModelEvent) => boolean): Promise<void> {
  const found = await eventually(
    async () => (await fixture.readAll('model-events')).map(({ value }) => JSON.parse(String(value)) as ModelEvent),
    events => events.some(is),
  )
  assert.ok(found.some(is), JSON.stringify(found.at(-1)))
}

async function sluiceExplain({ env }: World, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise(resolve => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'cli/main.ts', 'explain', ...args],
      { cwd: project, env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
}

/** Scores every result again, from its lineage alone. Returns how many each version has. */
async function rescoreAll({ fixture, sent }: World): Promise<ReadonlyMap<number, number>> {
  await fixture.readAtLeast('results', sent)
  const serving = { dataTopic: fixture.topic('data'), modelsTopic: fixture.topic('models'), resultsTopic: fixture.topic('results') }
  const found = await rescoreResults({ kafka: fixture.kafka, applicationId: fixture.id, serving, dataType: 'wine' })
  const { results, equal, otherPolicy, complaints, loaded, byVersion } = found
  assert.equal(
    { results, equal, otherPolicy, complaints, loaded },
    { results: sent, equal: sent, otherPolicy: 0, complaints: [], loaded: 0 },
  )
  return byVersion
}

/** Swaps, a canary, a kill -9 and a way back, under data. Returns with the instance killed. */
async function live(world: World, dir: string): Promise<void> {
  const { fixture, env } = world
  const serve = (): ServeProcess => new ServeProcess(['--port', '0'], { ...env, SLUICE_STATE_DIR: dir })
  let instance = serve()
  try {
    await instance.ready
    await publish(world, 'linear', await readFile(join(project, 'examples/wine/wine-linear.onnx')))
    await event(world, each => each.version === 1)
    world.sent = await send(world, 50)
    // The bytes of version 1 are not kept beyond these.
    for (let shift = 1; shift <= 17; shift++) await publish(world, `sum ${shift}`, shiftedSum(shift / 3))
    await event(world, each => each.version === 18)
    world.sent = await send(world, 50)
    await publish(world, 'mlp', await readFile(join(project, 'examples/wine/wine-mlp.onnx')))
    await event(world, each => each.version === 19)
    await control(world, { setPolicy: { challengers: [{ of: { version: 18 }, weight: 0.4 }], bucketBy: 'alcohol' }, who: 'ana' })
    await event(world, each => each.action === 'setPolicy')
    world.sent = await send(world, 100)
    await eventually(
      () => fixture.readAll('results'),
      results => results.length >= 120,
    )
    await instance.kill('SIGKILL')
    await control(world, { rollback: {} })
    world.sent = await send(world, 50)
    instance = serve()
    await instance.ready
    await event(world, each => each.event === 'rolledback')
    await fixture.produce('data', [{ key: Buffer.from('wine'), value: Buffer.from([7]) }])
    world.sent = await send(world, 20)
    await fixture.readAtLeast('results', world.sent)
  } finally {
    await instance.kill('SIGKILL')
  }
}

explained('every result is made again from its lineage alone, across swaps, a canary and a kill -9; explained and replayed', async () => {
  const fixture = new KafkaFixture(brokers ?? '')
  const dir = await mkdtemp(join(tmpdir(), 'sluice-explain-'))
  await fixture.createTopics({ data: { partitions: 2 }, models: { partitions: 2, compact: true }, results: { partitions: 3 } })
  const env = {
    SLUICE_BROKERS: fixture.brokers.join(','),
    SLUICE_APPLICATION_ID: fixture.id,
    SLUICE_DATA_TOPIC: fixture.topic('data'),
    SLUICE_MODELS_TOPIC: fixture.topic('models'),
    SLUICE_RESULTS_TOPIC: fixture.topic('results'),
  }
  const world: World = { fixture, env, sent: 0 }
  try {
    await live(world, dir)
    const byVersion = await rescoreAll(world)
    assert.equal(
      [...byVersion.keys()].toSorted((a, b) => a - b),
      [1, 18, 19],
    )
    await tellsOfOne(world)
    await checkRecording({ ...world, dir })
    await tellsWhatIsWrong(world)
  } finally {
    await fixture.close()
    await rm(dir, { recursive: true, force: true })
  }
})

/** The challenger's last result, by its own place and by that of its input. */
async function tellsOfOne(world: World): Promise<void> {
  const { fixture } = world
  const found = present(
    (await fixture.readAll('results')).findLast(
      ({ value }) => sluice.ScoreResult.decode(value ?? Buffer.alloc(0)).role === sluice.ModelRole.CHALLENGER,
    ),
  )
  const result = sluice.ScoreResult.decode(found.value ?? Buffer.alloc(0))
  const byResult = await sluiceExplain(world, `${found.partition}:${found.offset}`, '--result')
  assert.equal([byResult.code, byResult.stderr], [0, ''])
  const told = JSON.parse(byResult.stdout) as Record<string, any>
  const { outcome, dataType, model, policy, position, again, events } = told
  assert.equal([outcome, dataType, told['result'].offset, told['result'].role], ['answered', 'wine', found.offset, 'CHALLENGER'])
  assert.equal([model.version, model.name, model.kept], [18, 'sum 17', true])
  assert.equal(
    [policy.number, policy.champion, policy.who, policy.challengers],
    [wholeOf(result.policy), 19, 'ana', [{ version: 18, weight: 0.4 }]],
  )
  assert.ok(position.partition === result.inputPartition && position.offset <= wholeOf(result.inputOffset))
  assert.ok((events as ModelEvent[]).some(({ event: name, policy: number }) => name === 'effective' && number === policy.number))
  assert.equal(again, [
    { version: 18, status: 'OK', score: result.score, label: '', equal: true, alone: (again as { alone: boolean }[])[0]?.alone },
  ])
  const byInput = await sluiceExplain(world, `${result.inputPartition}:${wholeOf(result.inputOffset)}`)
  assert.equal([byInput.code, JSON.parse(byInput.stdout)], [0, told])
}

async function tellsWhatIsWrong(world: World): Promise<void> {
  const { fixture } = world
  // Records of others on the events topic.
  await fixture.produce(
    'model-events',
    ['no json', 'null'].map(value => ({ key: Buffer.from('wine'), value: Buffer.from(value) })),
  )
  const data = await fixture.readAll('data')
  const bad = present(data.find(({ value }) => value?.length === 1))
  const letter = JSON.parse((await sluiceExplain(world, `${bad.partition}:${bad.offset}`)).stdout) as Record<string, any>
  assert.equal([letter['outcome'], letter['deadLetter'].code, letter['input'].fields], ['dead letter', 'RECORD_UNDECODABLE', undefined])
  await fixture.produce('data', [wineAt(5000)])
  const last = present((await fixture.readAll('data')).findLast(({ partition }) => partition === bad.partition))
  const waiting = JSON.parse((await sluiceExplain(world, `${last.partition}:${last.offset}`)).stdout) as Record<string, any>
  assert.equal([waiting['outcome'], waiting['again'], waiting['strayEvents']], ['not processed yet', [], 2])
  for (const [args, code, why] of [
    [[`${bad.partition}:999999`], 1, /ends before offset 999999: its next record gets offset \d+/],
    [['7:0'], 1, /has no partition 7: it has 2 \(0 to 1\)/],
    [['here'], 2, /PARTITION:OFFSET/],
    [
      [`${bad.partition}:${bad.offset}`, '--result', '--results-topic', fixture.topic('data'), '--data-topic', 'other'],
      1,
      /is not a result/,
    ],
  ] as const) {
    const ended = await sluiceExplain(world, ...args)
    assert.is(ended.code, code, ended.stderr)
    assert.match(ended.stderr, why)
  }
}

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else explained.run()
