import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sha256Of, shiftedSum } from '../serving/serving-driver.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { agreed, type Answer, closedPort, failedWith, rebalancesOf, settled, tasks, worseThanInfo } from './instance-checks.ts'
import { ServeProcess } from './serve-process.ts'
import { answered, modelFor, readResults, storeName, wineFor } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']
const types = Array.from({ length: 40 }, (_, at) => `type-${at}`)
const changelog = `${storeName}-changelog`
/** Small enough to be exact in float32 after the addition. */
const shiftOf = (type: string, version: number): number => types.indexOf(type) * 1000 + version / 4
const modelOf = (type: string, version: number): Uint8Array => shiftedSum(shiftOf(type, version))

/** The state that the tests, which build on each other, share: two instances, and the sent records. */
interface Context {
  fixture: KafkaFixture
  dir: string
  one: ServeProcess
  two: ServeProcess
  sent: number
  /** The newest version of each data type. */
  versions: Map<string, number>
  /** The number of changelog records of each partition when everything was committed. */
  quiet: readonly number[]
}

const group = suite<Context>('two instances')

function serve({ fixture, dir }: Pick<Context, 'fixture' | 'dir'>, name: string, more: readonly string[] = []): ServeProcess {
  const args = ['--state-dir', join(dir, name), '--port', '0', '--session-timeout-ms', '10000', ...more]
  return new ServeProcess(args, {
    KAFKA_BROKERS: fixture.brokers.join(','),
    SLUICE_APPLICATION_ID: fixture.id,
    SLUICE_DATA_TOPIC: fixture.topic('data'),
    SLUICE_MODELS_TOPIC: fixture.topic('models'),
    SLUICE_RESULTS_TOPIC: fixture.topic('results'),
    SLUICE_LOG_LEVEL: 'info',
  })
}

group.before(async context => {
  context.fixture = new KafkaFixture(String(brokers))
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-instances-'))
  context.sent = 0
  context.versions = new Map()
  await context.fixture.createTopics({ models: { compact: true }, data: {}, results: {} })
  await publish(context, types)
  context.one = serve(context, 'one')
  // In sequence: the second instance has the state of only its own tasks, and should get these back when it returns.
  await context.one.ready
  context.two = serve(context, 'two')
  await context.two.ready
})

group.after(async ({ fixture, dir, one, two }) => {
  await Promise.all([one.kill('SIGKILL'), two.kill('SIGKILL')])
  await fixture.close()
  await rm(dir, { recursive: true })
})

/** Publishes the next version of each data type. */
async function publish({ fixture, versions }: Context, to: readonly string[]): Promise<void> {
  for (const type of to) versions.set(type, (versions.get(type) ?? 0) + 1)
  const next = (type: string): number => versions.get(type) as number
  await fixture.produce(
    'models',
    to.map(type => modelFor(type, { name: `${type} v${next(type)}`, bytes: modelOf(type, next(type)) })),
  )
}

/** Sends one wine of each data type. */
async function send(context: Context, rounds = 1): Promise<void> {
  const wines = Array.from({ length: rounds }, () => types.map(type => wineFor(type, 1))).flat()
  await context.fixture.produce('data', wines)
  context.sent += wines.length
}

/** The answers of the instances for every data type, once they agree and have the newest versions. */
async function answersOf(
  { versions }: Context,
  asked: readonly ServeProcess[],
  good: (answers: readonly Answer[]) => boolean = () => true,
): Promise<readonly Answer[]> {
  const newest = ({ key, value }: Answer): boolean => value.version === versions.get(key)
  const answers = await agreed(asked, types, all => all.every(newest) && good(all))
  for (const { key, value } of answers) {
    const version = versions.get(key) as number
    assert.equal(
      [value.dataType, value.version, value.name, value.hash],
      [key, version, `${key} v${version}`, sha256Of(modelOf(key, version))],
    )
  }
  return answers
}

/** Checks that every sent record has one correct result, by versions that never decrease for a data type. */
async function allAnswered({ fixture, sent, versions }: Context): Promise<void> {
  const results = await readResults(fixture, sent)
  const inputs = (await fixture.readAll('data')).map(({ partition, offset }) => `${partition}/${offset}`)
  assert.is(inputs.length, sent)
  assert.equal(results.map(answered), inputs)
  for (const type of types) {
    const ofType = results.filter(({ dataType }) => dataType === type)
    const used = ofType.map(({ modelVersion }) => modelVersion)
    assert.equal(
      used,
      used.toSorted((a, b) => a - b),
      `the versions of ${type}`,
    )
    assert.is(used.at(-1), versions.get(type))
    for (const { status, score, modelVersion } of ofType) assert.equal([status, score], ['OK', shiftOf(type, modelVersion) + 1])
  }
}

async function changelogLengths(fixture: KafkaFixture): Promise<number[]> {
  const records = await fixture.readAll(changelog)
  return tasks.map((_, partition) => records.filter(record => record.partition === partition).length)
}

group('each instance reports both members and their shares of the tasks', async ({ one, two }) => {
  await settled([one, two], [2, 2])
})

group('each instance answers for every data type, with equal answers', async context => {
  const { one, two, fixture } = context
  await send(context, 5)
  const used = (answers: readonly Answer[]): number => answers.reduce((sum, { value }) => sum + value.invocations, 0)
  const answers = await answersOf(context, [one, two], all => used(all) === context.sent)
  assert.is(used(answers), context.sent)
  const owners = new Set(answers.map(({ port }) => port))
  assert.equal(owners, new Set([(await one.ready).port, (await two.ready).port]), 'both own some')
  await allAnswered(context)
  context.quiet = await changelogLengths(fixture)
  assert.ok(context.quiet.every(length => length > 0))
})

group('kill -9 of one: the other takes over all; no record goes without a result, no version goes back', async context => {
  const { one, two } = context
  const loading = new AbortController()
  const load = async (): Promise<void> => {
    while (!loading.signal.aborted) await send(context)
  }
  const fail = async (): Promise<void> => {
    try {
      const before = context.sent
      await eventually(
        () => context.sent,
        sent => sent > before + 400,
      )
      assert.is((await two.kill('SIGKILL')).signal, 'SIGKILL')
      await publish(context, types.slice(0, 20))
      await settled([one], [4])
    } finally {
      loading.abort()
    }
  }
  await Promise.all([load(), fail()])
  await readResults(context.fixture, context.sent)
  await publish(context, types.slice(10, 30))
  await answersOf(context, [one])
  await send(context)
  await allAnswered(context)
})

group('the killed instance restarts, reads only the records that it missed, and both answer alike again', async context => {
  const { fixture, one } = context
  await changedNoMore(fixture)
  context.two = serve(context, 'two')
  const { restored, instance } = await context.two.ready
  assert.is(instance, (await context.two.ready).instance)
  await settled([one, context.two], [2, 2])
  const now = await changelogLengths(fixture)
  const read = restoresOf(context.two)
  assert.is(
    read.reduce((sum, { records }) => sum + records, 0),
    restored.records,
  )
  assert.ok(restored.records > 0)
  for (const { task, records } of read) {
    const missed = (now[tasks.indexOf(task)] as number) - (context.quiet[tasks.indexOf(task)] as number)
    assert.ok(records <= missed, `${records} records of task ${task} were restored, and only ${missed} missed; ${context.two.stderr}`)
  }
  await answersOf(context, [one, context.two])
})

/** The restored records that the instance reported when it was ready. */
function restoresOf({ stderr }: ServeProcess): { task: string; records: number }[] {
  const lines = stderr.trim().split('\n')
  return lines.map(line => JSON.parse(line) as { msg: string; task: string; records: number }).filter(({ msg }) => msg === 'restored')
}

/** Waits until the changelog no longer grows. */
async function changedNoMore(fixture: KafkaFixture): Promise<void> {
  let before = ''
  await eventually(
    async () => {
      const [last, now] = [before, (await changelogLengths(fixture)).join()]
      before = now
      return last === now
    },
    steady => steady,
  )
}

group('SIGTERM of one: it leaves the group and exits with 0, and the other owns all tasks', async context => {
  const { fixture, one, two } = context
  const { code, stderr } = await two.kill('SIGTERM')
  assert.equal([code, worseThanInfo(stderr)], [0, []])
  assert.is(await membersOf(context), 1)
  await settled([one], [4])
  await send(context)
  await allAnswered(context)
  await answersOf(context, [one])
  assert.is((await fixture.readAll('dead-letters')).length, 0)
})

async function membersOf({ fixture }: Context): Promise<number> {
  const admin = fixture.kafka.admin()
  await admin.connect()
  try {
    const { groups } = await admin.describeGroups([fixture.id])
    return groups[0]?.members.length ?? 0
  } finally {
    await admin.disconnect()
  }
}

group('a port or state directory in use: exit 1 with one line, and the instance does not join the group', async context => {
  const { one, dir } = context
  const before = await rebalancesOf(one)
  const { port } = await one.ready
  const [portTaken, locked] = [serve(context, 'three', ['--port', String(port)]), serve(context, 'one')]
  failedWith(await portTaken.ended, new RegExp(`${port}`))
  failedWith(await locked.ended, new RegExp(`${join(dir, 'one')}.*`))
  assert.is(await membersOf(context), 1)
  await settled([one], [4])
  assert.is(await rebalancesOf(one), before)
})

group('no broker: the instance logs it repeatedly, and exits with 0 on SIGTERM', async context => {
  const waiting = serve(context, 'four', ['--brokers', `127.0.0.1:${await closedPort()}`])
  await eventually(
    () => worseThanInfo(waiting.stderr).length,
    lines => lines >= 2,
  )
  const { code, stdout, stderr } = await waiting.kill('SIGTERM')
  assert.equal([code, stdout], [0, ''], stderr)
  const lines = worseThanInfo(stderr)
  assert.ok(lines.length >= 2)
  for (const line of lines) assert.match((JSON.parse(line) as { msg: string }).msg, /^waiting for Kafka at 127\.0\.0\.1:\d+$/)
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else group.run()
