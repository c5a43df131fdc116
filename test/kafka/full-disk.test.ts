import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { eventually, KafkaFixture } from './fixture.ts'

/** The largest size of a file, in blocks of 512 bytes: a limit of the shell stands for a full disk. */
const smallDisk = 1024
const recordBytes = 1000
const records = 4000

interface Told {
  readonly code?: string
  readonly message?: string
  readonly counted?: unknown
}

interface Context {
  readonly fixture: KafkaFixture
  readonly dir: string
  readonly children: ChildProcess[]
}

const test = suite<Context>('a full disk')
test.before.each(async context => {
  const fixture = new KafkaFixture(String(process.env['KAFKA_BROKERS']))
  Object.assign(context, { fixture, dir: await mkdtemp(join(tmpdir(), 'sluice-full-')), children: [] })
  await fixture.createTopics({ in: { partitions: 2 }, out: { partitions: 2 } })
})
test.after.each(async ({ fixture, dir, children }) => {
  await Promise.all(children.map(child => end(child, 'SIGKILL')))
  await fixture.close()
  await rm(dir, { recursive: true })
})

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

/** An instance in a separate process, whose files may not grow beyond this many blocks. */
function start({ fixture, dir, children }: Context, blocks: number | 'unlimited'): { readonly child: ChildProcess; readonly told: Told[] } {
  const script = fileURLToPath(new URL('full-disk-instance.ts', import.meta.url))
  const args = [fixture.brokers.join(','), fixture.id, fixture.topic('in'), fixture.topic('out'), dir]
  const limited = ['-c', `ulimit -f ${blocks} && exec "$@"`, 'sh', process.execPath, '--import', 'tsx', script, ...args]
  const child = spawn('sh', limited, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const told: Told[] = []
  createInterface(child.stdout).on('line', line => told.push(JSON.parse(line) as Told))
  return { child, told }
}

test('a full disk is reported with its cause; nothing is lost or doubled when there is space again', async context => {
  const { fixture } = context
  const poor = start(context, smallDisk)
  const all = Array.from({ length: records }, (_, at) => ({
    key: Buffer.from(`key-${at}`),
    value: Buffer.alloc(recordBytes, at),
    partition: at % 2,
  }))
  await fixture.produce('in', all)
  const failure = await eventually(
    () => poor.told.find(({ code }) => code !== undefined),
    found => found !== undefined,
  )
  assert.is(failure?.code, 'STORE_FAILED', failure?.message)
  assert.match(String(failure?.message), /File too large/)
  assert.equal(failure?.counted, [{ labels: ['STORE_FAILED'], value: 1 }])
  await end(poor.child, 'SIGKILL')
  const rich = start(context, 'unlimited')
  const out = await fixture.readAtLeast('out', records)
  assert.equal(new Set(out.map(({ key }) => String(key))).size, records)
  assert.is(out.length, records)
  await eventually(
    () => rich.told,
    told => told.length > 0,
  )
  await end(rich.child, 'SIGTERM')
  assert.is(rich.child.exitCode, 0)
  assert.equal(rich.told, [{ event: 'started' }])
})

if (process.env['KAFKA_BROKERS'] === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
