import { Agent } from 'node:http'
import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Described, DescribedAnswers } from './described-answers.ts'
import { fuzzRequests, send } from './fuzz-requests.ts'
import { type ServedModels, wineModel, withServedModels } from './inference/served-models.ts'
import { STORE } from './memory-group.ts'
import { servedPayload } from './served-payloads.ts'

const test = suite('fuzz of a served instance')
const runs = Number(process.env['FUZZ_RUNS'] ?? 3000)

const names: Readonly<Record<string, readonly string[]>> = {
  store: [STORE, STORE, 'instances', 'nope'],
  version: ['1', '1', '2', '2', 'latest', 'current', 'champion', 'challenger', 'shadow', '99', '1e3'],
  wait: ['0', '1', '5'],
  type: ['onnx', 'ONNX', 'pmml', 'service', 'tflite'],
  output: ['quality', 'probabilities', 'none'],
}
const types = ['wine', 'wine', 'wine', 'wine', 'wine', 'wine', 'beer', 'stats', 'a%2Fb', 'instances']

/** What a route that is asked well answers with: never a success where it only refuses. */
const best = (operation: string): RegExp => (/\/(load|unload)$|sharedmemory\//.test(operation) ? / 400$/ : / 20[02]$/)

async function withWine(use: (served: ServedModels) => Promise<void>): Promise<void> {
  await withServedModels(
    async served => {
      for (const name of ['wine-linear', 'wine-mlp'] as const)
        await served.serving.publish({ name, dataType: 'wine', bytes: wineModel(name) })
      const view = served.serving.store.query('wine', { uncommitted: true })
      served.group.put('wine', view)
      served.group.versions = new Map([
        [
          'wine',
          [
            { value: view, timestamp: 1, validTo: 1e12 },
            { value: view, timestamp: 1e12 },
          ],
        ],
      ])
      for (const key of ['', 'wine']) served.group.members[0]?.latest.set(key, view)
      await use(served)
    },
    { tritonMetrics: true, version: '1.2.3' },
  )
}

test(`${runs} requests to all routes: no internal failure, and /openapi.json describes every answer`, () =>
  withWine(async served => {
    const { server } = served
    const document = (await served.get('/openapi.json')).json as Described
    const answers = new DescribedAnswers(document)
    const agent = new Agent({ keepAlive: true, maxSockets: 4 })
    const statuses = new Map<number, number>()
    const requests = fuzzRequests(document, {
      named: parameter => fc.constantFrom(...(names[parameter] ?? types)),
      payload: servedPayload,
    })
    const one = fc.asyncProperty(requests, async request => {
      const answer = await send(server, agent, request)
      const { status } = answer
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      // The only instance has no standby: a request for one, as another instance would send it, is answered with a request to retry.
      const forStandby = request.headers['x-sluice-hop'] !== undefined && request.path.includes('stale=')
      assert.ok(status < 500 || (status === 503 && forStandby), `${status} ${answer.body.toString()}`)
      if (status !== 0) answers.check(answer)
    })
    await fc.assert(one, { numRuns: runs, includeErrorInReport: true })
    agent.destroy()
    console.log('statuses:', JSON.stringify(Object.fromEntries([...statuses].sort(([x], [y]) => x - y))))
    const seen = [...answers.seen.keys()]
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const method of Object.keys(operations)) {
        const name = `${method.toUpperCase()} ${path}`
        const mine = seen.filter(each => each.startsWith(`${name} `))
        assert.ok(
          mine.some(each => best(name).test(each)),
          `${name} was never answered as it is meant to be, but ${mine.join()}`,
        )
      }
    }
    assert.equal(
      served.logged.filter(({ level }) => level === 'error'),
      [],
    )
    assert.is((await served.get('/health/ready')).status, 200)
  }))

test.run()
