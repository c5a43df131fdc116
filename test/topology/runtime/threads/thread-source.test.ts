import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { streamsConfig } from '../../../../topology/runtime/config/index.ts'
import { threadSource } from '../../../../topology/runtime/threads/index.ts'

const test = suite('the topology of worker threads')
const right = { applicationId: 'app', brokers: ['localhost:9092'] }

test('its options are cloned at once: a thread that starts again builds the same topology, whatever the program changes meanwhile', () => {
  const options = { topics: ['a'], since: new Date(5) }
  const source = { module: new URL('file:///topology.js'), options }
  const kept = threadSource(source, streamsConfig({ ...right, threads: 2 }))
  options.topics.push('b')
  options.since.setTime(6)
  assert.equal(kept, { module: source.module, options: { topics: ['a'], since: new Date(5) } })
})

test('in the main thread they may be anything, and are passed on as they are', () => {
  const source = { module: new URL('file:///topology.js'), options: { now: () => 5 } }
  assert.is(threadSource(source, streamsConfig(right)), source)
  assert.throws(() => threadSource(source, streamsConfig({ ...right, threads: 1 })), /threads: 1 requires .* plain data only/)
})

test.run()
