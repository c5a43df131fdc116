import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../../base/sluice-error.ts'
import { stringSerde } from '../../../../records/serde.ts'
import { SluiceStreams } from '../../../../topology/runtime/index.ts'
import { streamsConfig, type StreamsOptions } from '../../../../topology/runtime/config/streams-config.ts'
import { Topology } from '../../../../topology/index.ts'

const test = suite("an application's options")
const right = { applicationId: 'app', brokers: ['localhost:9092'] }

const wrong: readonly (readonly [options: unknown, message: RegExp])[] = [
  [{ ...right, guarantee: 'exactly-once' }, /^guarantee: 'exactly-once' is not "exactly_once" or "at_least_once"$/],
  [{ ...right, guarantee: null }, /^guarantee: null/],
  [{ ...right, garantee: 'exactly_once' }, /^there is no option "garantee"; there are: applicationId, .*guarantee/],
  [{ ...right, toString: 'x' }, /^there is no option "toString"/],
  [{ brokers: right.brokers }, /^applicationId is missing: 1 to 200/],
  [{ ...right, applicationId: 'my app' }, /^applicationId: 'my app' is not 1 to 200 of/],
  [{ ...right, applicationId: '..' }, /^applicationId/],
  [{ applicationId: 'app' }, /^brokers is missing/],
  [{ ...right, brokers: 'localhost:9092' }, /^brokers: 'localhost:9092' is not a list/],
  [{ ...right, brokers: [] }, /^brokers: \[\] is not a list/],
  [{ ...right, commitIntervalMs: '100' }, /^commitIntervalMs: '100' is not milliseconds/],
  [{ ...right, commitIntervalMs: NaN }, /^commitIntervalMs: NaN/],
  [{ ...right, maxBatch: 0 }, /^maxBatch: 0 is not a whole number from 1 on/],
  [{ ...right, standbyReplicas: 0.5 }, /^standbyReplicas: 0.5/],
  [{ ...right, threads: '2' }, /^threads: '2' is not a whole number from 0 to 64/],
  [{ ...right, threads: 99 }, /^threads: 99 is not a whole number from 0 to 64/],
  [{ ...right, stateDir: '' }, /^stateDir: '' is not a directory/],
  [{ ...right, stateDir: 5 }, /^stateDir/],
  [{ ...right, advertise: { host: 'h' } }, /^advertise: \{ host: 'h' \} is not \{ host, port \}/],
  [{ ...right, tracing: 'false' }, /^tracing: 'false' is not true or false/],
  [{ ...right, createPartitions: -1 }, /^createPartitions/],
  [{ ...right, listener: { onerror: () => undefined } }, /^listener: .*onStateChange.*onError/],
  [{ ...right, listener: { log: 'info' } }, /^listener/],
  ['app', /are an object, not 'app'/],
  [undefined, /are an object, not undefined/],
]

for (const [options, message] of wrong) {
  test(`refuses ${message.source}`, () => {
    const topology = new Topology().addSource('in', 'in', { key: stringSerde, value: stringSerde })
    assert.throws(
      () => new SluiceStreams(topology, options as StreamsOptions),
      (error: unknown) => error instanceof SluiceError && error.code === 'CONFIG_INVALID' && message.test(error.message),
    )
  })
}

test('what is undefined has its default', () => {
  const options = { ...right, guarantee: undefined, stateDir: undefined, commitIntervalMs: undefined } as unknown as StreamsOptions
  assert.equal(streamsConfig(options), streamsConfig(right))
  assert.is(streamsConfig(options).guarantee, 'exactly_once')
})

test('takes every option that there is', () => {
  const config = streamsConfig({
    ...right,
    ssl: true,
    sasl: { mechanism: 'plain', username: 'u', password: 'p' },
    stateDir: '.s',
    createPartitions: 4,
  })
  assert.equal(streamsConfig(config), config)
})

class Listener {
  readonly heard: unknown[] = []
  onError(error: unknown): void {
    this.heard.push(error)
  }
}

test('a listener may be an object of a class, with more in it', () => {
  const listener = new Listener()
  const told = streamsConfig({ ...right, listener }).listener
  told.onError?.('lost', false)
  assert.equal([listener.heard, 'log' in told], [['lost'], false])
})

test('what a listener throws, now or later, is its own affair', async () => {
  const listener = {
    onError: () => Promise.reject(new Error('rejected')),
    log: () => {
      throw new Error('thrown')
    },
  }
  const told = streamsConfig({ ...right, listener }).listener
  told.onError?.('lost', false)
  told.log?.('warn', 'something', {})
  await new Promise(resolve => setImmediate(resolve))
})

test.run()
