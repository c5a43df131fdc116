import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { controlService } from '../../instance/controls/index.ts'
import { type RestServer, startRestServer } from '../../rest/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { controlledOptions, createTopology } from './controlled-topology.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
const partitions = 4
const token = 'secret'

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

interface Logged {
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

interface World {
  fixture: KafkaFixture
  dir: string
  apps: SluiceStreams[]
  servers: RestServer[]
  logged: Logged[]
}

const test = suite<World>('the controls of a stream over REST')

test.before(async world => {
  world.fixture = new KafkaFixture(brokers ?? '')
  world.dir = await mkdtemp(join(tmpdir(), 'sluice-controls-'))
  world.logged = []
  world.apps = ['a', 'b'].map(
    name =>
      new SluiceStreams(createTopology({ prefix: world.fixture.id }), {
        applicationId: world.fixture.id,
        brokers: world.fixture.brokers,
        stateDir: join(world.dir, name),
        commitIntervalMs: 50,
        createPartitions: partitions,
      }),
  )
  world.servers = []
  for (const streams of world.apps) {
    const controls = [controlService(streams, controlledOptions({ prefix: world.fixture.id }))]
    const log = (_: string, message: string, fields: Readonly<Record<string, unknown>>): void => void world.logged.push({ message, fields })
    const server = await startRestServer({ streams, port: 0, token, controls, log })
    world.servers.push(server)
    streams.advertise({ host: server.host, port: server.port })
  }
  await Promise.all(world.apps.map(app => app.start()))
  for (const app of world.apps)
    await eventually(
      () => app.state,
      state => state === 'running',
    )
})
test.after(async ({ fixture, dir, apps, servers }) => {
  await Promise.all(servers.map(server => server.close()))
  await Promise.all(apps.map(app => app.stop()))
  await fixture.close()
  await rm(dir, { recursive: true })
})

async function ask(
  server: RestServer | undefined,
  method: string,
  path: string,
  body?: string | Buffer,
  headers: object = {},
): Promise<Answer> {
  const response = await fetch(`http://${server?.host}:${server?.port}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  })
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

test('a control that is put is in force, and every instance answers for every key', async ({ servers, fixture }) => {
  for (let at = 0; at < 8; at++) {
    const put = await ask(servers[at % 2], 'PUT', `/controls/key-${at}?wait=20`, `{"factor":${at}}`)
    assert.equal(
      [put.status, put.body['state'], put.body['key'], put.body['topic']],
      [200, 'in force', `key-${at}`, fixture.topic('factors')],
    )
  }
  for (const server of servers) {
    const list = await ask(server, 'GET', '/controls')
    assert.is(list.body['stream'], 'sums')
    const controls = list.body['controls'] as { key: string; control: { factor: number } }[]
    assert.equal(
      controls.map(({ key, control }) => [key, control.factor]),
      Array.from({ length: 8 }, (_, at) => [`key-${at}`, at]),
    )
    const [first] = (await ask(server, 'GET', '/controls?limit=1&after=key-3')).body['controls'] as { key: string }[]
    assert.is(first?.key, 'key-4')
    const one = await ask(server, 'GET', '/controls/key-5?stream=sums')
    assert.equal([one.status, one.body['control'], one.body['waiting']], [200, { factor: 5 }, []])
  }
  await fixture.produce('amounts', [{ key: null, value: Buffer.from('{"key":"key-7","n":3}') }])
  const [sum] = await fixture.readAtLeast('sums', 1)
  assert.is((JSON.parse(String(sum?.value)) as { total: number }).total, 21)
})

test('one that is refused is told with its rule; what was in force goes on', async ({ servers }) => {
  const refused = await ask(servers[0], 'PUT', '/controls/key-1?wait=20', '{"factor":101}')
  assert.equal(
    [refused.status, refused.body['code'], refused.body['rule'], refused.body['error']],
    [422, 'CONTROL_REFUSED', 'at most 100', '101 is more'],
  )
  const { control, refused: told } = (await ask(servers[1], 'GET', '/controls/key-1')).body
  assert.equal([control, (told as { rule: string }).rule], [{ factor: 1 }, 'at most 100'])
})

test('one that is effective from a later time waits', async ({ servers }) => {
  const put = await ask(servers[0], 'PUT', '/controls/key-2?wait=20', '{"factor":9,"from":99999999999999}')
  assert.equal([put.status, put.body['state']], [200, 'waiting'])
  const { control, waiting } = (await ask(servers[1], 'GET', '/controls/key-2')).body
  assert.equal([control, (waiting as { from: number }[])[0]?.from], [{ factor: 2 }, 99_999_999_999_999])
})

test('one that its row has no room for is refused at once, not waited for', async ({ servers }) => {
  const large = (hours: number): string => JSON.stringify({ factor: 1, from: Date.now() + hours * 3_600_000, note: 'x'.repeat(600_000) })
  assert.is((await ask(servers[0], 'PUT', '/controls/large?wait=20', large(1))).body['state'], 'waiting')
  const { status, body } = await ask(servers[0], 'PUT', '/controls/large?wait=20', large(2))
  assert.equal([status, body['rule'], body['code']], [422, 'size', 'CONTROL_REFUSED'])
  assert.is((await ask(servers[1], 'DELETE', '/controls/large?wait=20')).status, 200)
})

test('bytes are written as they are; bytes that are no control are refused', async ({ servers }) => {
  const bytes = { 'content-type': 'application/octet-stream' }
  assert.is((await ask(servers[0], 'PUT', '/controls/key-3?wait=20', Buffer.from('{"factor":33}'), bytes)).status, 200)
  const bad = await ask(servers[0], 'PUT', '/controls/key-3?wait=20', Buffer.from('{'), bytes)
  assert.equal([bad.status, bad.body['rule']], [422, 'value'])
})

test('a control is withdrawn by DELETE', async ({ servers }) => {
  const gone = await ask(servers[1], 'DELETE', '/controls/key-4?wait=20')
  assert.equal([gone.status, gone.body['state']], [200, 'withdrawn'])
  const asked = await ask(servers[0], 'GET', '/controls/key-4')
  assert.equal([asked.status, asked.body['code']], [404, 'KEY_UNKNOWN'])
})

test('what was put just before is withdrawn too, once the withdrawal is told', async ({ servers }) => {
  for (let at = 0; at < 5; at++) {
    const path = `/controls/brief-${at}`
    assert.is((await ask(servers[1], 'PUT', path, `{"factor":${at}}`)).status, 202)
    const { body } = await ask(servers[1], 'DELETE', `${path}?wait=20`)
    assert.is(body['state'], 'withdrawn')
    for (const server of servers) assert.is((await ask(server, 'GET', path)).status, 404)
  }
})

test('without wait it is taken, and the audit log says who it was', async ({ servers, logged }) => {
  const put = await ask(servers[0], 'PUT', '/controls/key-6', '{"factor":6}')
  assert.is(put.status, 202)
  const line = logged.findLast(({ message }) => message === 'audit: a control was published')
  const { by, stream, key, offset } = line?.fields ?? {}
  assert.equal([by, stream, key, offset], ['the bearer of the token', 'sums', 'key-6', put.body['offset']])
  assert.not.ok(JSON.stringify(logged).includes(token))
})

const refusals: readonly (readonly [what: string, method: string, path: string, body: string | undefined, status: number])[] = [
  ['what is not JSON', 'PUT', '/controls/k', '{', 400],
  ['no body', 'PUT', '/controls/k', '', 400],
  ['an unknown stream', 'PUT', '/controls/k?stream=other', '{}', 400],
  ['a wrong wait', 'PUT', '/controls/k?wait=soon', '{}', 400],
  ['a POST', 'POST', '/controls/k', '{}', 405],
  ['a body of a DELETE', 'DELETE', '/controls/k', '{}', 413],
  ['a key that there is not', 'GET', '/controls/none', undefined, 404],
]

for (const [what, method, path, body, status] of refusals)
  test(`refuses ${what}`, async ({ servers }) => {
    const answer = await ask(servers[0], method, path, body)
    assert.is(answer.status, status, JSON.stringify(answer.body))
  })

test('refuses a request without the token, or of a page of another site', async ({ servers, fixture }) => {
  const before = (await fixture.readAll('factors')).length
  assert.is((await ask(servers[0], 'PUT', '/controls/k', '{}', { authorization: 'Bearer wrong' })).status, 401)
  assert.is((await ask(servers[0], 'PUT', '/controls/k', '{}', { origin: 'https://evil.example' })).status, 403)
  assert.is((await ask(servers[0], 'DELETE', '/controls/k', undefined, { origin: 'https://evil.example' })).status, 403)
  assert.is((await fixture.readAll('factors')).length, before)
})

test('/openapi.json describes the routes', async ({ servers }) => {
  const { body } = await ask(servers[0], 'GET', '/openapi.json')
  const { valid, errors } = await new Validator().validate(structuredClone(body))
  assert.ok(valid, JSON.stringify(errors))
  const paths = body['paths'] as Readonly<Record<string, object>>
  assert.equal(Object.keys(paths['/controls/{key}'] ?? {}), ['get', 'put', 'delete'])
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
