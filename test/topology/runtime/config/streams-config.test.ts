import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { streamsConfig, type StreamsOptions } from '../../../../topology/runtime/config/streams-config.ts'

const test = suite("an application's options, complete")
const right = { applicationId: 'app', brokers: ['localhost:9092'] }

test('undefined options have their defaults', () => {
  const options = { ...right, guarantee: undefined, stateDir: undefined, commitIntervalMs: undefined } as unknown as StreamsOptions
  assert.equal(streamsConfig(options), streamsConfig(right))
  assert.is(streamsConfig(options).guarantee, 'exactly_once')
})

test('accepts every option', () => {
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

test('a listener may be an object of a class with further members', () => {
  const listener = new Listener()
  const told = streamsConfig({ ...right, listener }).listener
  told.onError?.('lost', false)
  assert.equal([listener.heard, 'log' in told], [['lost'], false])
})

test('errors of a listener, synchronous or not, are ignored', async () => {
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
