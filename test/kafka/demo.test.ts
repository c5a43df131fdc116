import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createKafka } from '../../topology/runtime/index.ts'
import { holds } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']

interface Context {
  /** The directory in which the demo makes its temporary directory. */
  directory: string
}

const demo = suite<Context>('sluice demo on a given Kafka')

demo.before(async context => {
  context.directory = await mkdtemp(join(tmpdir(), 'demo-test-'))
})

demo.after(({ directory }) => rm(directory, { recursive: true }))

interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
  /** Resolves once standard output holds the text, or the demo has ended. */
  shows(text: string): Promise<void>
}

function start({ directory }: Context): Running {
  const env = { ...process.env, TMPDIR: directory, SLUICE_PORT: '1', SLUICE_TOKEN: 'not for the demo' }
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', 'demo'], { env, stdio: 'pipe' })
  const written = { stdout: '', stderr: '' }
  child.stdout.on('data', chunk => (written.stdout += String(chunk)))
  child.stderr.on('data', chunk => (written.stderr += String(chunk)))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...written }))
  const shows = async (text: string): Promise<void> => {
    while (!written.stdout.includes(text) && child.exitCode === null) await Promise.race([once(child.stdout, 'data'), ended])
  }
  return { child, ended, shows }
}

/** The topics, groups and files of demos. */
async function left({ directory }: Context): Promise<unknown> {
  const admin = createKafka({ brokers: String(brokers).split(','), clientId: 'demo-test' }).admin()
  await admin.connect()
  try {
    const names = [...(await admin.listTopics()), ...(await admin.listGroups()).groups.map(({ groupId }) => groupId)]
    return [names.filter(name => /^demo-[0-9a-f]{8}/.test(name)), (await readdir(directory)).filter(name => name.startsWith('sluice-'))]
  } finally {
    await admin.disconnect()
  }
}

/** A broker lists topics for a moment after it has answered that they are deleted. */
const nothingLeft = (context: Context): Promise<void> => holds(async () => assert.equal(await left(context), [[], []]))

demo('runs all steps and checks, and exits with 0', async context => {
  const { code, stdout, stderr } = await start(context).ended
  assert.is(code, 0, `${stderr}\n${stdout}`)
  assert.not.match(stdout, '✗')
  assert.ok(stdout.split('\n').every(line => line.length <= 120))
  const told = [
    /wine-linear +1  OK +5\.262251/,
    /wine-mlp +2  OK +\d\n/,
    /GET http:\S+\/state\/instances\n.*\n.*\n {3}✓ two instances/,
    /"version":2,"invocations":(\d+),.*from ([AB])\n.*\n.*"version":2,"invocations":\1,.*from \2\n/,
    /ended by kill -9/,
    /first score of wine came \d+\.\d s after the kill/,
    /restored [1-9]\d* records in \d+ ms/,
    /1@\d+ +state +wine +current 2; 1 = wine-linear \([0-9a-f]{8}…\), 2 = wine-mlp/,
    /All 15 checks passed/,
  ]
  for (const pattern of told) assert.match(stdout, pattern)
  await nothingLeft(context)
})

demo('a signal ends the demo in order, with nothing left behind', async context => {
  const running = start(context)
  await running.shows('version 1 scored all of them')
  running.child.kill('SIGINT')
  const { code, stderr } = await running.ended
  assert.equal([code, stderr], [1, 'sluice: the demo was interrupted (SIGINT)\n'])
  await nothingLeft(context)
})

if (brokers) demo.run()
else console.log('skipped: no KAFKA_BROKERS')
