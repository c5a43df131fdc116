import { Agent } from 'node:http'
import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Route } from '../../rest/http/route.ts'
import { type Described, DescribedAnswers } from './described-answers.ts'
import { fuzzRequests, send } from './fuzz-requests.ts'
import { MemoryControls } from './memory-controls.ts'
import { type MemoryGroup, STORE } from './memory-group.ts'
import { get, withTwoInstances } from './two-instances.ts'

const test = suite('fuzz')
const runs = Number(process.env['FUZZ_RUNS'] ?? 1500)

/** Something with a body, whatever else there is. */
const echo: Route = {
  method: 'POST',
  path: '/echo/:name',
  summary: 'Tells what it was given',
  query: { times: { type: 'integer', minimum: 1, maximum: 3, description: 'How often' } },
  body: { contentTypes: ['application/json'], maxBytes: 1000, withinMs: 200 },
  responses: { 200: { description: 'What it was given' } },
  answer: ({ body = Buffer.alloc(0), query }) => Promise.resolve({ body: { length: body.length, query } }),
}

const named = fc.constantFrom(STORE, 'instances', 'nope', 'a', 'd')

test(`${runs} requests of every kind: described answers, no internal failure, and the server keeps working`, async () => {
  const logged: string[] = []
  let memory: MemoryGroup | undefined
  await withTwoInstances(
    async ({ a, b, group, servers }) => {
      memory = group
      const last = { partition: 0, offset: 0 }
      for (const key of ['a', 'b', 'c', 'd']) group.put(key, { current: { control: key, from: 0, ...last }, waiting: [], last })
      group.standbys[3] = [a]
      const described = (await get(servers.a, '/openapi.json')).body as unknown as Described
      const answers = new DescribedAnswers(described)
      const agent = new Agent({ keepAlive: true, maxSockets: 4 })
      const seen = new Map<number, number>()
      const one = fc.asyncProperty(fuzzRequests(described, { named: () => named }), async request => {
        const answer = await send(servers.a, agent, request)
        const { status } = answer
        seen.set(status, (seen.get(status) ?? 0) + 1)
        assert.ok(status < 500 || status === 503, `${status} ${answer.body.toString()}`)
        if (status !== 0) answers.check(answer)
      })
      await fc.assert(one, { numRuns: runs, includeErrorInReport: true })
      agent.destroy()
      for (const status of [200, 400, 404, 405]) assert.ok((seen.get(status) ?? 0) > 0, `some ${status}`)
      console.log('statuses:', JSON.stringify(Object.fromEntries([...seen].sort(([x], [y]) => x - y))))
      assert.is((await get(servers.a, '/health/ready')).status, 200)
      assert.is((await get(servers.a, `/state/${STORE}/all`)).status, 200)
      assert.ok(b.reads > 0)
    },
    {
      routes: [echo],
      controls: [new MemoryControls(() => memory as MemoryGroup)],
      retryMs: 0,
      log: (level, message, fields) => level === 'error' && logged.push(`${message} ${JSON.stringify(fields)}`),
    },
  )
  assert.equal(logged, [])
})

test.run()
