import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { Agent, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { InstanceMetadata } from '../../topology/index.ts'
import { selfSigned } from '../rest/self-signed.ts'
import { eventually, holds, KafkaFixture } from './fixture.ts'
import { worseThanInfo } from './instance-checks.ts'
import { ServeProcess } from './serve-process.ts'
import { storeName } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']

/** Two instances that advertise the same address. `secure` has TLS and tokens from a file. The tests build on each other. */
interface Context {
  fixture: KafkaFixture
  dir: string
  plain: ServeProcess
  secure: ServeProcess
  tls: ReturnType<typeof selfSigned>
}

const signals = suite<Context>('signals to sluice serve')

function serve({ fixture, dir }: Context, name: string, more: readonly string[]): ServeProcess {
  const args = ['--state-dir', join(dir, name), '--port', '0', '--session-timeout-ms', '6000', '--advertise', '127.0.0.1:9', ...more]
  return new ServeProcess(args, {
    KAFKA_BROKERS: fixture.brokers.join(','),
    SLUICE_APPLICATION_ID: fixture.id,
    SLUICE_DATA_TOPIC: fixture.topic('data'),
    SLUICE_MODELS_TOPIC: fixture.topic('models'),
    SLUICE_RESULTS_TOPIC: fixture.topic('results'),
  })
}

/** Replaces the file at once, as programs that write such files should. */
async function put(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content)
  await rename(`${path}.new`, path)
}

signals.before(async context => {
  context.fixture = new KafkaFixture(String(brokers))
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-signals-'))
  context.tls = selfSigned()
  await context.fixture.createTopics({ models: { compact: true }, data: {}, results: {} })
  const file = (name: string): string => join(context.dir, name)
  await put(file('token'), 'first\n')
  await put(file('cert'), context.tls.cert)
  await put(file('key'), context.tls.key)
  context.plain = serve(context, 'plain', [])
  await context.plain.ready
  context.secure = serve(context, 'secure', ['--token-file', file('token'), '--tls-cert', file('cert'), '--tls-key', file('key')])
  await context.secure.ready
})

signals.after(async ({ fixture, dir, plain, secure }) => {
  await Promise.all([plain.kill('SIGKILL'), secure.kill('SIGKILL')])
  await fixture.close()
  await rm(dir, { recursive: true })
})

signals('both instances log that they advertise the same address', async ({ plain, secure }) => {
  for (const process of [plain, secure]) {
    const told = await eventually(
      () => process.stderr,
      text => text.includes('another instance advertises'),
    )
    assert.match(told, /another instance advertises 127\.0\.0\.1:9 too.*the setting advertise/)
  }
  await holds(async () => {
    const listed = (await plain.instances()) as readonly (InstanceMetadata & { sharesAddress?: true })[]
    assert.equal(
      listed.map(({ sharesAddress }) => sharesAddress),
      [true, true],
    )
    assert.match(await plain.text('/metrics'), /^sluice_address_conflicts 1$/m)
  })
})

async function statusOf({ secure }: Context, token: string, ca: string): Promise<number | string> {
  const { port } = await secure.ready
  const headers = { authorization: `Bearer ${token}` }
  return new Promise(resolve => {
    const sent = httpsRequest({ host: '127.0.0.1', port, path: '/metrics', ca, headers, agent: false }, response => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0))
    })
    sent.once('error', error => resolve(error.message)).end()
  })
}

signals('SIGHUP: tokens and certificates are read again, and the instance keeps running', async context => {
  const { dir, tls, secure } = context
  assert.is(await statusOf(context, 'first', tls.cert), 200)
  await put(join(dir, 'token'), 'second\nfirst\n')
  secure.signal('SIGHUP')
  await eventually(
    () => statusOf(context, 'second', tls.cert),
    status => status === 200,
  )
  assert.is(await statusOf(context, 'first', tls.cert), 200)
  await put(join(dir, 'token'), '\n')
  secure.signal('SIGHUP')
  const wrong = await eventually(
    () => secure.stderr,
    text => text.includes('could not be read again'),
  )
  assert.match(wrong, /tokenFile .* empty.*could not be read again/)
  assert.equal([await statusOf(context, 'second', tls.cert), await statusOf(context, 'third', tls.cert)], [200, 401])
  context.plain.signal('SIGHUP')
  const again = await eventually(
    () => context.plain.stderr,
    text => text.includes('were read again'),
  )
  assert.match(again, 'were read again')
  assert.is((await context.plain.get('/health/ready')).status, 200)
})

signals('tokens and certificates are also read again when their files change, one after another', async context => {
  const { dir, tls } = context
  await put(join(dir, 'token'), 'third\n')
  await eventually(
    () => statusOf(context, 'third', tls.cert),
    status => status === 200,
  )
  assert.is(await statusOf(context, 'second', tls.cert), 401)
  const next = selfSigned()
  await put(join(dir, 'cert'), next.cert)
  assert.is(await statusOf(context, 'third', tls.cert), 200)
  await put(join(dir, 'key'), next.key)
  await eventually(
    () => statusOf(context, 'third', next.cert),
    status => status === 200,
  )
  assert.match(String(await statusOf(context, 'third', tls.cert)), /certificate|signed/)
})

/** Sends requests on one keep-alive connection at a time until it is stopped. Returns all answers. */
async function askUntil(port: number, stop: AbortSignal, path: string): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const answers: string[] = []
  while (!stop.aborted) {
    const sent = httpRequest({ host: '127.0.0.1', port, path, agent })
    const answered = new Promise<string>(resolve => {
      sent.once('response', response => {
        const how = `${response.statusCode} ${response.headers.connection}`
        buffer(response).then(
          () => resolve(how),
          (error: unknown) => resolve(`broken off: ${String(error)}`),
        )
      })
      sent.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    })
    sent.end()
    answers.push(await answered)
  }
  agent.destroy()
  return answers
}

signals('SIGTERM: not ready, answers close their connections, no connection is reset; exit 0 within 10 s', async ({ plain }) => {
  const { port } = await plain.ready
  const stop = new AbortController()
  const asking = Array.from({ length: 8 }, (_, at) =>
    askUntil(port, stop.signal, at % 2 === 0 ? '/health/live' : `/state/${storeName}/count?partial=true`),
  )
  await sleep(300)
  const told = performance.now()
  const ending = plain.kill('SIGTERM')
  const ready = await eventually(
    () => plain.get('/health/ready'),
    ({ status }) => status === 503,
  )
  assert.is((ready.body as { status: string }).status, 'draining')
  assert.equal(await plain.get('/v2/health/ready'), { status: 503, body: { ready: false } })
  // Like a load balancer that checks twice a second.
  await sleep(500)
  stop.abort()
  const answers = (await Promise.all(asking)).flat()
  assert.equal([...new Set(answers)].toSorted(), ['200 close', '200 keep-alive'])
  const { code, stderr } = await ending
  assert.ok(performance.now() - told < 10_000)
  assert.is(code, 0, stderr)
  const lines = stderr.split('\n')
  const since = lines.slice(lines.findIndex(line => line.includes('"draining"')))
  assert.equal(worseThanInfo(since.join('\n')), [])
})

signals('Ctrl-C, sent twice as npx does: the instance stops in order, without the drain', async ({ secure }) => {
  secure.signal('SIGINT')
  const { code, stderr } = await secure.kill('SIGINT')
  assert.is(code, 0, stderr)
  assert.not.match(stderr, 'draining')
  assert.match(stderr, /"state":"stopped"/)
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else signals.run()
