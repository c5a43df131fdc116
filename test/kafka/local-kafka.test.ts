import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { isAlive, runningBroker } from '../../cli/kafka/broker-record.ts'
import { kafkaVersion } from '../../cli/kafka/kafka-jars.ts'
import { freePort, startLocalKafka } from '../../cli/kafka/local-kafka.ts'
import { servesKafka } from '../../cli/kafka/metadata-probe.ts'
import { runCommand } from '../../cli/kafka/run-command.ts'
import { messageOf } from '../../base/sluice-error.ts'
import { createKafka } from '../../topology/runtime/kafka/kafka-client.ts'

interface Context {
  dir: string
}

const test = suite<Context>('local kafka, started', { dir: '' })
const heapMb = 256

test.before.each(async context => {
  context.dir = await mkdtemp(join(tmpdir(), 'local-kafka-'))
})
test.after.each(context => rm(context.dir, { recursive: true, force: true }))

const silent = (): void => {}
const failureOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'nothing failed', messageOf)

async function withAdmin<T>(brokers: string, work: (admin: ReturnType<ReturnType<typeof createKafka>['admin']>) => Promise<T>): Promise<T> {
  const admin = createKafka({ brokers: [brokers], clientId: 'test' }).admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

test('accepts requests when started, and keeps its data over a stop and a crash, also on another port', async ({ dir }) => {
  const first = await startLocalKafka({ dir, port: await freePort(), heapMb, log: silent })
  await withAdmin(first.brokers, admin => createTopics(admin, [{ topic: 'kept', numPartitions: 3 }]))
  assert.match(
    await failureOf(startLocalKafka({ dir, port: await freePort(), log: silent })),
    `already runs in ${dir} (process ${first.pid},`,
  )
  await first.stop()
  await first.stop()
  assert.not(isAlive(first.pid))
  assert.is(runningBroker(dir), undefined)
  const port = await freePort()
  const second = await startLocalKafka({ dir, port, heapMb, log: silent })
  assert.is(second.brokers, `127.0.0.1:${port}`)
  process.kill(second.pid, 'SIGKILL')
  while (isAlive(second.pid)) await new Promise(done => setTimeout(done, 20))
  assert.is(runningBroker(dir), undefined)
  const third = await startLocalKafka({ dir, port, heapMb, log: silent })
  try {
    assert.equal(await withAdmin(third.brokers, admin => admin.listTopics()), ['kept'])
  } finally {
    await third.stop()
  }
  assert.not(await servesKafka(port))
})

test('data of Kafka 4.3 is used without an upgrade', async ({ dir }) => {
  const old = await startLocalKafka({ dir, port: await freePort(), heapMb, log: silent, formatArgs: ['--release-version', '4.3-IV0'] })
  await withAdmin(old.brokers, admin => createTopics(admin, [{ topic: 'kept', numPartitions: 3 }]))
  await old.stop()
  const now = await startLocalKafka({ dir, port: await freePort(), heapMb, log: silent })
  try {
    await withAdmin(now.brokers, admin => createTopics(admin, [{ topic: 'new', numPartitions: 1 }]))
    assert.equal((await withAdmin(now.brokers, admin => admin.listTopics())).toSorted(), ['kept', 'new'])
  } finally {
    await now.stop()
  }
})

test('a broker that dies at start is reported with the end of its log, and no process is left', async ({ dir }) => {
  await mkdir(join(dir, 'data'))
  await writeFile(join(dir, 'data', 'meta.properties'), 'version=1\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\nnode.id=7\n')
  const message = await failureOf(startLocalKafka({ dir, port: await freePort(), heapMb, log: silent }))
  assert.match(message, /died at start; the end of .*broker\.log:\n[^]*node/i)
  assert.is(runningBroker(dir), undefined)
})

test('an aborted start leaves no process running', async ({ dir }) => {
  const port = await freePort()
  const abort = new AbortController()
  const starting = failureOf(startLocalKafka({ dir, port, heapMb, log: silent, signal: abort.signal }))
  while (runningBroker(dir) === undefined) await new Promise(done => setTimeout(done, 20))
  const { pid } = runningBroker(dir)!
  abort.abort()
  assert.match(await starting, /aborted/)
  assert.not(isAlive(pid))
})

test('sluice broker: start returns while the broker runs; status and stop find it', async ({ dir }) => {
  const port = await freePort()
  const sluice = (...args: readonly string[]): Promise<{ code: number | undefined; output: string }> => {
    const program = `import { brokerCommand } from '${pathToFileURL(join(import.meta.dirname, '../../cli/commands/broker-command.ts')).href}'; await brokerCommand().parseAsync(process.argv.slice(1), { from: 'user' })`
    return runCommand({
      file: process.execPath,
      args: ['--import', 'tsx', '--input-type=module', '-e', program, '--', ...args, '--dir', dir],
    })
  }
  try {
    const started = await sluice('start', '--port', String(port))
    assert.is(started.code, 0, started.output)
    assert.match(started.output, `is ready on 127.0.0.1:${port}`)
    assert.ok(await servesKafka(port))
    const again = await sluice('start')
    assert.is(again.code, 0)
    assert.match(again.output, `already runs on 127.0.0.1:${port} (data in ${dir})`)
    const status = await sluice('status', '--json')
    const { pid, source } = runningBroker(dir)!
    const address = `127.0.0.1:${port}`
    const nodes = [{ id: 1, running: true, address, pid, dir }]
    assert.equal(JSON.parse(status.output), { running: true, dir, brokers: address, version: kafkaVersion, source, nodes })
  } finally {
    const stopped = await sluice('stop')
    assert.match(stopped.output, `stopped Kafka ${kafkaVersion}`)
  }
  assert.not(await servesKafka(port))
  const none = await sluice('stop')
  assert.is(none.code, 0)
  assert.match(none.output, /no broker runs/)
  assert.equal(JSON.parse((await sluice('status')).output), { running: false, dir, nodes: [{ id: 1, running: false, dir }] })
})

test.run()
