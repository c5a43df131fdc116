import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isAlive, runningBroker } from '../../cli/kafka/broker-record.ts'
import { localBrokers } from '../../cli/kafka/cluster-record.ts'
import { threePorts } from './three-ports.ts'
import { startBrokers } from '../../cli/kafka/start-brokers.ts'
import { messageOf } from '../../base/sluice-error.ts'

const test = suite<{ dir: string }>('three local brokers that cannot start', { dir: '' })
test.before.each(async context => {
  context.dir = await mkdtemp(join(tmpdir(), 'failed-cluster-'))
})
test.after.each(({ dir }) => rm(dir, { recursive: true, force: true }))

const failureOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'nothing failed', messageOf)
const noneRuns = (dir: string): boolean => localBrokers(dir).every(({ running }) => running === undefined)

test('a broker that dies at start is reported with the end of its log, and the others are stopped', async ({ dir }) => {
  await mkdir(join(dir, 'broker-2', 'data'), { recursive: true })
  await writeFile(join(dir, 'broker-2', 'data', 'meta.properties'), 'version=1\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\nnode.id=7\n')
  const message = await failureOf(startBrokers({ dir, port: await threePorts(), brokers: 3, log: () => {} }))
  assert.match(message, /died at start; the end of .*broker-2\/broker\.log:\n[^]*node/i)
  assert.ok(noneRuns(dir))
})

test('an aborted start leaves no broker', async ({ dir }) => {
  const abort = new AbortController()
  const starting = failureOf(startBrokers({ dir, port: await threePorts(), brokers: 3, log: () => {}, signal: abort.signal }))
  const running = (): readonly (number | undefined)[] => [1, 2, 3].map(id => runningBroker(join(dir, `broker-${id}`))?.pid)
  while (running().includes(undefined)) await new Promise(done => setTimeout(done, 20))
  const pids = running()
  abort.abort()
  assert.match(await starting, /aborted/)
  assert.not(pids.some(pid => isAlive(pid!)))
})

test('a taken port is reported before any broker starts; the data of one broker is refused for three', async ({ dir }) => {
  const port = await threePorts()
  const server = createServer()
  await new Promise<void>(done => server.listen(port + 1, '127.0.0.1', done))
  try {
    const message = await failureOf(startBrokers({ dir, port, brokers: 3 }))
    assert.match(message, `port ${port + 1} of 127.0.0.1 is taken: 3 brokers need the ports ${port} to ${port + 2}`)
    assert.is(localBrokers(dir).length, 1)
  } finally {
    await new Promise(done => server.close(done))
  }
  await mkdir(join(dir, 'data'))
  assert.match(await failureOf(startBrokers({ dir, port, brokers: 3 })), `${dir} has the data of one broker, which cannot become 3`)
})

test.run()
