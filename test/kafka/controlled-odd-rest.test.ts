import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { controlService } from '../../instance/controls/index.ts'
import { type RestServer, startRestServer } from '../../rest/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { controlledOptions, createTopology } from './controlled-topology.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
const partitions = 4

interface Instance {
  readonly app: SluiceStreams
  readonly server: RestServer
}

interface World {
  fixture: KafkaFixture
  dir: string
  instances: Instance[]
}

const test = suite<World>('controls over REST, oddly asked')

async function start({ fixture, dir, instances }: World, name: string): Promise<Instance> {
  const app = new SluiceStreams(createTopology({ prefix: fixture.id, rekey: false }), {
    applicationId: fixture.id,
    brokers: fixture.brokers,
    stateDir: join(dir, name),
    commitIntervalMs: 50,
    createPartitions: partitions,
  })
  const controls = [controlService(app, controlledOptions({ prefix: fixture.id, rekey: false }))]
  const server = await startRestServer({ streams: app, port: 0, controls })
  app.advertise({ host: server.host, port: server.port })
  const instance = { app, server }
  instances.push(instance)
  await app.start()
  await eventually(
    () => app.state,
    state => state === 'running',
  )
  return instance
}

async function end({ app, server }: Instance): Promise<void> {
  await app.stop()
  await server.close()
}

test.before(async world => {
  world.fixture = new KafkaFixture(brokers ?? '')
  world.dir = await mkdtemp(join(tmpdir(), 'sluice-odd-controls-'))
  world.instances = []
  await Promise.all([start(world, 'a'), start(world, 'b')])
})
test.after(async ({ fixture, dir, instances }) => {
  await Promise.all(instances.map(end))
  await fixture.close()
  await rm(dir, { recursive: true })
})

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

async function ask({ server }: Instance, method: string, path: string, body?: string | Buffer, headers: object = {}): Promise<Answer> {
  const response = await fetch(`http://${server.host}:${server.port}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  })
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

const at = ({ instances }: World, index: number): Instance => instances[index % 2] as Instance
const put = (world: World, index: number, key: string, factor: number, wait = 20): Promise<Answer> =>
  ask(at(world, index), 'PUT', `/controls/${encodeURIComponent(key)}?wait=${wait}`, JSON.stringify({ factor }))

const keys = ['a/b', '/', 'ü€𝄞', '%', '%2F', '100%', '\0', 'a?b#c', ' ', '+', '"', '..x', '...', '\u202e', '__proto__', 'k'.repeat(2500)]

for (const [index, key] of keys.entries())
  test(`the key ${JSON.stringify(key.slice(0, 20))}: put at one instance, told by the other, withdrawn`, async world => {
    const { status, body } = await put(world, index, key, index)
    assert.equal([status, body['state'], body['key']], [200, 'in force', key])
    const path = `/controls/${encodeURIComponent(key)}`
    const told = await ask(at(world, index + 1), 'GET', path)
    assert.equal([told.status, told.body['key'], told.body['control']], [200, key, { factor: index }])
    const listed = await ask(at(world, index + 1), 'GET', `/controls?prefix=${encodeURIComponent(key)}`)
    assert.ok((listed.body['controls'] as { key: string }[]).some(each => each.key === key))
    assert.is((await ask(at(world, index + 1), 'DELETE', `${path}?wait=20`)).body['state'], 'withdrawn')
    assert.is((await ask(at(world, index), 'GET', path)).status, 404)
  })

const json = { 'content-type': 'application/json' }
const sized = (length: number): string => `{"factor":1,"note":"${'x'.repeat(length - 22)}"}`
const odd: readonly (readonly [what: string, path: string, body: string | Buffer | undefined, headers: object, status: number])[] = [
  ['a key that is too long for a path', `/controls/${'k'.repeat(9000)}`, '{}', json, 414],
  ['half a character as a key', '/controls/%ED%A0%80', '{}', json, 400],
  ['a lone percent sign', '/controls/%', '{}', json, 400],
  ['no body', '/controls/k', undefined, {}, 400],
  ['an empty body of bytes', '/controls/k', '', { 'content-type': 'application/octet-stream' }, 400],
  ['no content type', '/controls/k', '{}', { 'content-type': '' }, 415],
  ['text', '/controls/k', '{}', { 'content-type': 'text/plain' }, 415],
  ['a form', '/controls/k', 'factor=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ['JSON with more after it', '/controls/k', '{"factor":1} {"factor":2}', json, 400],
  ['UTF-16', '/controls/k', Buffer.from('{"factor":1}', 'utf16le'), json, 400],
  ['a body of gzip that is none', '/controls/k', '{}', { ...json, 'content-encoding': 'gzip' }, 400],
  ['a body of brotli', '/controls/k', '{}', { ...json, 'content-encoding': 'br' }, 415],
  ['a body of more than 1 MiB', '/controls/k', sized(1_048_577), json, 413],
  ['a small body that becomes large', '/controls/k', gzipSync(sized(3_000_000)), { ...json, 'content-encoding': 'gzip' }, 413],
  ['a body that no record of the topic has room for', '/controls/k', sized(1_048_576), json, 413],
  ['no wait', '/controls/k?wait=', '{}', json, 400],
  ['a wait below 0', '/controls/k?wait=-1', '{}', json, 400],
  ['a wait of a part', '/controls/k?wait=1.5', '{}', json, 400],
  ['a wait of 1e1', '/controls/k?wait=1e1', '{}', json, 400],
  ['a wait with a zero before it', '/controls/k?wait=01', '{}', json, 400],
  ['a wait of an hour', '/controls/k?wait=3600', '{}', json, 400],
  ['two waits', '/controls/k?wait=1&wait=2', '{}', json, 400],
  ['an unknown parameter', '/controls/k?waits=1', '{}', json, 400],
  ['no key', '/controls/', '{}', json, 405],
]

for (const [what, path, body, headers, status] of odd)
  test(`refuses ${what}`, async world => {
    const before = (await world.fixture.readAll('factors')).length
    const answer = await ask(at(world, 0), 'PUT', path, body, headers)
    assert.is(answer.status, status, JSON.stringify(answer.body).slice(0, 300))
    assert.is((await world.fixture.readAll('factors')).length, before)
  })

for (const body of ['null', '5', '"text"', '[]', '{}', '{"factor":null}', '{"factor":1e999}', '{"__proto__":{"factor":1}}'])
  test(`${body} is judged as any control is, and the caller told`, async world => {
    const answer = await ask(at(world, 0), 'PUT', '/controls/judged?wait=20', body)
    assert.ok([200, 422].includes(answer.status), JSON.stringify(answer))
  })

test('a control that just fits into its topic, and not into its row', async world => {
  const { status, body } = await ask(at(world, 0), 'PUT', '/controls/fits?wait=20', sized(1_048_400))
  assert.ok(status === 200 || (status === 422 && body['rule'] === 'size'), JSON.stringify(body).slice(0, 300))
})

test('two PUTs at once at two instances: the later record holds, and each caller is told of its own', async world => {
  for (let round = 0; round < 8; round++) {
    const key = `both-${round % 3}`
    const answers = await Promise.all([0, 1].map(index => put(world, index, key, round * 2 + index)))
    assert.equal(
      answers.map(({ status }) => status),
      [200, 200],
    )
    const later = Number(answers[0]?.body['offset']) > Number(answers[1]?.body['offset']) ? 0 : 1
    assert.is(answers[later]?.body['state'], 'in force')
    assert.ok(['in force', 'superseded'].includes(String(answers[1 - later]?.body['state'])))
    for (const index of [0, 1]) {
      const { control } = (await ask(at(world, index), 'GET', `/controls/${key}`)).body
      assert.equal(control, { factor: round * 2 + later })
    }
  }
})

test('PUTs while an instance joins and leaves: each is told what became of it, and the last one holds', async world => {
  const told: string[] = []
  const over = new AbortController()
  const asking = [0, 1].map(async index => {
    for (let round = 0; !over.signal.aborted; round++) {
      const { status, body } = await put(world, index, `moving-${index}-${round % 4}`, round % 100)
      told.push(`${status} ${String(body['state'] ?? body['code'])}`)
      await new Promise(resolve => setTimeout(resolve, 400))
      if (status === 200) {
        const { control } = (await ask(at(world, index + 1), 'GET', `/controls/moving-${index}-${round % 4}`)).body
        if (control !== undefined) assert.equal(control, { factor: round % 100 })
      }
    }
  })
  const third = await start(world, 'c')
  await end(third)
  world.instances.pop()
  over.abort()
  await Promise.all(asking)
  assert.equal(
    [...new Set(told)].filter(each => !['200 in force', '429 RATE_LIMITED'].includes(each)),
    [],
  )
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
