import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mendedModule } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { inFakeEnv } from '../../../../support/fake-env.ts'
import { kafkajsModules } from '../../../../../topology/runtime/kafka/kafkajs-mends/kafkajs-modules.ts'

interface Queue {
  push(request: object): void
  fulfillRequest(answer: object): void
  maybeThrottle(milliseconds: number): void
  destroy(): void
}

type MakeQueue = new (options: object) => Queue

const path = 'src/network/requestQueue/index.js'
const test = suite('the queue of requests of kafkajs')

function newQueue(Queue: MakeQueue, maxInFlightRequests: number | null = null): Queue {
  const logger = { debug: () => undefined, warn: () => undefined }
  return new Queue({ maxInFlightRequests, requestTimeout: 30_000, enforceRequestTimeout: false, clientId: 'c', broker: 'b', logger })
}

function ask(queue: Queue, correlationId: number, sent: number[]): void {
  const entry = { correlationId, apiName: 'Any', resolve: () => undefined, reject: () => undefined }
  queue.push({ entry, expectResponse: true, sendRequest: () => sent.push(correlationId) })
}

const answer = (queue: Queue, correlationId: number): void => queue.fulfillRequest({ correlationId, payload: null, size: 0 })

for (const [name, Queue, most] of [
  ['as it comes', () => kafkajsModules().load(path), Infinity],
  ['mended', () => mendedModule(path), 0],
] as const) {
  test(`${name}, how often it wakes within ten seconds once all is answered`, () =>
    inFakeEnv(async world => {
      const queue = newQueue(Queue() as MakeQueue)
      ask(queue, 1, [])
      answer(queue, 1)
      const before = world.timersMade
      await world.run(10_000)
      const made = world.timersMade - before
      if (most === 0) assert.is(made, 0)
      else assert.ok(made > 5000, `${made}: kafkajs has mended this itself`)
      queue.destroy()
    }))
}

test('a request that was held back is sent when the answer of another makes room', () =>
  inFakeEnv(async world => {
    const sent: number[] = []
    const queue = newQueue(mendedModule(path) as MakeQueue, 1)
    ask(queue, 1, sent)
    ask(queue, 2, sent)
    await world.run(1000)
    assert.equal(sent, [1])
    answer(queue, 1)
    assert.equal(sent, [1, 2])
    answer(queue, 2)
  }))

test('a throttled request is sent when the time is over', () =>
  inFakeEnv(async world => {
    const sent: number[] = []
    const queue = newQueue(mendedModule(path) as MakeQueue)
    queue.maybeThrottle(500)
    ask(queue, 1, sent)
    await world.run(499)
    assert.equal(sent, [])
    await world.run(2)
    assert.equal(sent, [1])
  }))

test.run()
