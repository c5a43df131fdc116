import { Agent } from 'node:http'
import * as fc from 'fast-check'
import type { Described } from '../rest/described-answers.ts'
import { type FuzzRequest, fuzzRequests, send } from '../rest/fuzz-requests.ts'
import { type ServedModels, wineModel, withServedModels } from '../rest/inference/served-models.ts'
import { servedPayload } from '../rest/served-payloads.ts'
import { wine } from '../serving/serving-driver.ts'
import { type FuzzKind, type FuzzTarget, type Outcome, refusal } from './fuzz-target.ts'
import type { Dice } from './mutate.ts'

const names = ['wine', 'wine', 'beer', 'stats', 'a%2Fb', 'ModelStateStore', '1', 'latest', '0']

/** Requests on every route, such as the API describes and broken ones; data of another type is scored meanwhile. */
class RequestTarget implements FuzzTarget {
  readonly #served: ServedModels
  readonly #requests: fc.Arbitrary<FuzzRequest>
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 })
  readonly #end: () => Promise<void>

  constructor(served: ServedModels, described: Described, end: () => Promise<void>) {
    this.#served = served
    this.#requests = fuzzRequests(described, { named: () => fc.constantFrom(...names), payload: servedPayload })
    this.#end = end
  }

  async attack(dice: Dice): Promise<Outcome> {
    const { server, serving } = this.#served
    const [request] = fc.sample(this.#requests, { numRuns: 1, seed: dice.below(2 ** 31) }) as [FuzzRequest]
    const answering = send(server, this.#agent, request)
    await serving.send(wine('good', 10))
    const good = serving.results()
    if (good[0]?.status !== 'OK') throw new Error(`another data type got ${JSON.stringify(good)}`)
    const { status, body } = await answering
    if (status === 0 || status === 503) return 'refused'
    if (status < 400) return 'taken'
    if (request.method === 'HEAD' || body.length === 0) return status < 500 ? 'refused' : { unclear: `${status} without a body` }
    const message = textIn(body)
    return status >= 500 ? { unclear: `${status} ${message}` } : refusal(String(status), message)
  }

  async close(): Promise<void> {
    this.#agent.destroy()
    await this.#end()
  }
}

function textIn(body: Buffer): string {
  try {
    const { error, message = error } = JSON.parse(body.toString()) as { readonly error?: unknown; readonly message?: unknown }
    return typeof message === 'string' ? message : JSON.stringify(message ?? '')
  } catch {
    return body.toString()
  }
}

export const requests: FuzzKind = {
  mostMs: 30_000,
  open: () =>
    new Promise<FuzzTarget>((resolve, reject) => {
      let end: () => void = () => undefined
      const ended = new Promise<void>(done => (end = done))
      const closed = withServedModels(
        async served => {
          for (const name of ['wine-linear', 'wine-mlp'] as const)
            await served.serving.publish({ name, dataType: 'wine', bytes: wineModel(name) })
          await served.serving.publish({ dataType: 'good', bytes: wineModel('wine-linear') })
          served.group.put('wine', served.serving.store.query('wine', { uncommitted: true }))
          const described = (await served.get('/openapi.json')).json as Described
          resolve(new RequestTarget(served, described, async () => (end(), closed)))
          await ended
        },
        { version: '1.2.3' },
      )
      closed.catch(reject)
    }),
}
