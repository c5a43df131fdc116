import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { StreamsState } from '../../topology/queryable-streams.ts'
import { APPLICATION, STORE } from './memory-group.ts'
import { get, withTwoInstances } from './two-instances.ts'

const test = suite('app')

test('the instances of the group are listed, sorted by address', () =>
  withTwoInstances(async ({ a, b, group, servers }) => {
    const listed = [a, b].map(member => member.metadata()).sort((x, y) => x.port - y.port)
    for (const path of ['/state/instances', `/state/instances/${STORE}`]) {
      for (const server of [servers.a, servers.b]) {
        group.members.reverse()
        const { status, body } = await get(server, path)
        assert.is(status, 200)
        assert.equal(body, listed)
      }
    }
    const first = listed[0]
    const text = await (await fetch(`http://127.0.0.1:${servers.b.port}/state/instances`)).text()
    assert.ok(text.startsWith(`[{"host":"127.0.0.1","port":${first?.port},"storeNames":["${STORE}"]`), text)
    group.owners.fill(a)
    assert.equal(
      ((await get(servers.b, `/state/instances/${STORE}`)).body as unknown as { port: number }[]).map(instance => instance.port),
      [servers.a.port],
    )
  }))

test('the value used last is the latest of this instance', () =>
  withTwoInstances(async ({ a, servers }) => {
    const info = { name: 'wine', description: 'a forest', since: 1700000000000, invocations: 3, duration: 1.5, min: 0.25, max: 1 }
    a.latest.set('', info)
    a.latest.set('wine/red', { ...info, version: 2 })
    assert.equal((await get(servers.a, `/state/${STORE}/value`)).body, info)
    assert.is((await get(servers.a, `/state/${STORE}/value?key=wine%2Fred`)).body['version'], 2)
    for (const [server, query] of [
      [servers.b, ''],
      [servers.a, '?key=other'],
    ] as const) {
      const got = await get(server, `/state/${STORE}/value${query}`)
      assert.is(got.status, 404)
      assert.is(got.body['code'], 'NOTHING_USED_YET')
    }
  }))

test('always live, ready only while running', () =>
  withTwoInstances(async ({ a, servers }) => {
    const states: StreamsState[] = ['created', 'starting', 'rebalancing', 'restoring', 'running', 'stopping', 'stopped', 'failed']
    for (const state of states) {
      a.state = state
      const live = await get(servers.a, '/health/live')
      assert.is(live.status, 200)
      assert.equal(live.body, { status: 'live' })
      const ready = await get(servers.a, '/health/ready')
      assert.is(ready.status, state === 'running' ? 200 : 503)
      assert.is(ready.body['status'], state)
      assert.equal(ready.body['tasks'], JSON.parse(JSON.stringify(await a.tasks())))
    }
    a.tasks = () => Promise.reject(new Error('the stream thread is gone'))
    a.state = 'failed'
    assert.equal((await get(servers.a, '/health/ready')).body, { status: 'failed', tasks: [] })
  }))

test('unknown routes are 404, other methods 405 with Allow', () =>
  withTwoInstances(async ({ servers }) => {
    for (const path of ['/state', `/state/${STORE}`, `/state/${STORE}/keys/a/b`, '/STATE/instances', '/constructor']) {
      const got = await get(servers.a, path)
      assert.is(got.status, 404, path)
      assert.is(got.body['code'], 'ROUTE_UNKNOWN')
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const got = await get(servers.a, '/state/instances', { method, ...(method === 'POST' ? { body: 'x'.repeat(1000) } : {}) })
      assert.is(got.status, 405, method)
      assert.is(got.body['code'], 'METHOD_REFUSED')
      assert.is(got.headers.get('allow'), 'GET, HEAD')
    }
    const head = await fetch(`http://127.0.0.1:${servers.a.port}/health/live`, { method: 'HEAD' })
    assert.is(head.status, 200)
    assert.is(await head.text(), '')
  }))

test('a path that is no URL-encoded UTF-8 is refused', () =>
  withTwoInstances(async ({ a, servers }) => {
    for (const key of ['%', '%zz', '%ff', 'a%2']) {
      const got = await get(servers.a, `/state/${STORE}/keys/${key}`)
      assert.is(got.status, 400, key)
      assert.is(got.body['code'], 'INPUT_INVALID')
    }
    assert.is(a.reads, 0)
  }))

test('a key that a path cannot contain is given in the query, also for versions', () =>
  withTwoInstances(async ({ group, servers }) => {
    for (const key of ['..', '.', '', 'a/b']) {
      group.put(key, 1)
      for (const server of [servers.a, servers.b]) {
        const { status, body } = await get(server, `/state/${STORE}/keys?key=${encodeURIComponent(key)}`)
        assert.equal([status, body['key'], body['value']], [200, key, 1], key)
      }
    }
    assert.is((await get(servers.a, `/state/${STORE}/keys`)).body['error'], 'the query parameter key is required')
    assert.is((await get(servers.a, `/state/${STORE}/keys?key=none`)).body['code'], 'KEY_UNKNOWN')
    assert.is((await get(servers.a, `/state/${STORE}/versions?key=..`)).body['code'], 'STORE_NOT_VERSIONED')
    group.versions = new Map(['..', 'k'].map(key => [key, [{ value: key, timestamp: 5 }]]))
    for (const server of [servers.a, servers.b])
      for (const key of ['..', 'k']) {
        const { body } = await get(server, `/state/${STORE}/versions?key=${key}&from=1`)
        assert.equal([body['key'], body['versions']], [key, [{ value: key, timestamp: 5 }]])
        const asOf = await get(server, `/state/${STORE}/keys?key=${key}&at=7`)
        assert.equal([asOf.body['value'], asOf.body['timestamp']], [key, 5])
      }
  }))

test('the dashboard and the description of the routes work below any prefix', () =>
  withTwoInstances(async ({ servers }) => {
    const page = await (await fetch(`http://127.0.0.1:${servers.a.port}/`)).text()
    assert.not.match(page, /(?:href|src|action)="\//)
    assert.equal(
      [...page.matchAll(/fetch\(([^,)]+)/g)].map(([, what]) => what),
      ['base + path'],
    )
    const described = (await get(servers.a, '/openapi.json')).body as { servers?: readonly { url: string }[] }
    const [server] = described.servers ?? []
    assert.is(new URL(server?.url ?? '', 'https://proxy.example/a/sluice/openapi.json').href, 'https://proxy.example/a/sluice/')
  }))

test('an answer that JSON cannot express is an error', () =>
  withTwoInstances(async ({ group, servers }) => {
    let deep: unknown = 1
    for (let level = 0; level < 20_000; level++) deep = [deep]
    group.put('c', deep)
    const { status, body } = await get(servers.b, `/state/${STORE}/keys/c`)
    assert.equal([status, body['code']], [500, 'ANSWER_TOO_LARGE'])
    assert.match(String(body['error']), /nested too deeply.*request less/)
  }))

test('everything except health needs the token, and hops send it', () =>
  withTwoInstances(
    async ({ group, servers }) => {
      group.put('c', 1)
      const paths = ['/state/instances', `/state/${STORE}/keys/c`, `/state/${STORE}/all`, '/metrics', '/nowhere', '/healthy']
      for (const path of paths) {
        for (const authorization of [undefined, 'Bearer', 'Bearer ', 'Bearer wrong', 'Bearer secret2', 'Basic secret', 'secret']) {
          const got = await get(servers.a, path, {
            headers: { 'x-sluice-hop': '', ...(authorization === undefined ? {} : { authorization }) },
          })
          assert.is(got.status, 401, `${path} ${authorization}`)
          assert.is(got.body['code'], 'TOKEN_REFUSED')
          assert.is(got.headers.get('www-authenticate'), 'Bearer')
        }
      }
      const noToken = await get(servers.b, `/state/${STORE}/keys/c`, { headers: { 'x-sluice-hop': APPLICATION } })
      assert.is(noToken.status, 401)
      const headers = { authorization: 'Bearer secret' }
      assert.is((await get(servers.a, `/state/${STORE}/keys/c`, { headers })).body['value'], 1)
      assert.equal((await get(servers.a, `/state/${STORE}/all`, { headers })).body['entries'], [{ key: 'c', value: 1 }])
      assert.is((await get(servers.a, '/health/live')).status, 200)
      assert.is((await get(servers.a, '/health/ready')).status, 200)
    },
    { token: 'secret' },
  ))

test('an unexpected error is only logged', async () => {
  const logged: Record<string, unknown>[] = []
  await withTwoInstances(
    async ({ a, group, servers }) => {
      a.onRead = () => {
        throw new Error('password=hunter2')
      }
      const failed = await get(servers.a, `/state/${STORE}/keys/a`)
      assert.is(failed.status, 500)
      assert.is(failed.body['code'], 'INTERNAL')
      assert.not.match(JSON.stringify(failed.body), 'hunter2')
      assert.match(JSON.stringify(logged), 'hunter2')
      a.onRead = () => {}
      group.put('a', 1n)
      assert.is((await get(servers.a, `/state/${STORE}/keys/a`)).body['code'], 'INTERNAL')
      assert.is(logged.length, 2)
    },
    { log: (level, message, fields) => logged.push({ level, message, ...fields }) },
  )
})

test('metrics have the counters, the tasks and the process', () =>
  withTwoInstances(async ({ a, servers }) => {
    a.figures = { recordsIn: 12, recordsOut: 11, deadLetters: 1, commits: 5, restoredRecords: 7, rebalances: 2 }
    for (let scrape = 0; scrape < 2; scrape++) {
      const response = await fetch(`http://127.0.0.1:${servers.a.port}/metrics`)
      assert.match(response.headers.get('content-type') ?? '', 'text/plain; version=0.0.4')
      const samples = parseMetrics(await response.text())
      assert.is(samples.get('sluice_records_in_total'), 12)
      assert.is(samples.get('sluice_records_out_total'), 11)
      assert.is(samples.get('sluice_dead_letters_total'), 1)
      assert.is(samples.get('sluice_commits_total'), 5)
      assert.is(samples.get('sluice_restored_records_total'), 7)
      assert.is(samples.get('sluice_rebalances_total'), 2)
      assert.is(samples.get('sluice_tasks{state="running"}'), 3)
      assert.ok((samples.get('process_resident_memory_bytes') ?? 0) > 0)
      assert.ok(samples.has('nodejs_eventloop_lag_p99_seconds'))
    }
    a.taskState = 'restoring'
    const samples = parseMetrics(await (await fetch(`http://127.0.0.1:${servers.a.port}/metrics`)).text())
    assert.is(samples.get('sluice_tasks{state="running"}'), 1)
    assert.is(samples.get('sluice_tasks{state="restoring"}'), 2)
  }))

/**
 * The text format: comments that name a known kind of line, and samples "name{labels} value"; throws on anything else, and on a name without TYPE.
 */
function parseMetrics(text: string): Map<string, number> {
  const typed = new Set<string>()
  const samples = new Map<string, number>()
  assert.ok(text.endsWith('\n'))
  for (const line of text.split('\n').filter(line => line !== '')) {
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line)
    if (type !== null) {
      assert.not.ok(typed.has(type[1] as string), `${type[1]} twice`)
      typed.add(type[1] as string)
    } else if (!/^# HELP \S+ .+$/.test(line)) {
      const [, sample = '', name = '', value] = /^(([a-zA-Z_:][\w:]*)(?:\{[^}]*\})?) (\S+)$/.exec(line) ?? []
      assert.ok(typed.has(name) || typed.has(name.replace(/_(bucket|sum|count)$/, '')), line)
      assert.ok(value === 'Nan' || !Number.isNaN(Number(value)), line)
      samples.set(sample, Number(value))
    }
  }
  return samples
}

test.run()
