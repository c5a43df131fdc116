import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withoutRoutine } from '../../../../topology/runtime/kafka/kafka-log.ts'

const test = suite('withoutRoutine')

test('omits the messages of every rebalance, and stacks', () => {
  const lines: unknown[] = []
  const log = withoutRoutine((...line) => lines.push(line))
  log?.('error', 'Response Heartbeat(key: 12, version: 3)', { error: 'The group is rebalancing, so a rejoin is needed' })
  log?.('error', 'Connection error', { broker: 'b', stack: 'Error: …' })
  assert.equal(lines, [['error', 'Connection error', { broker: 'b' }]])
})

test('logs a repeated message once in five seconds, with the number of repetitions', () => {
  const lines: unknown[] = []
  let now = 0
  const log = withoutRoutine(
    (_level, message, fields) => lines.push([now, message, fields]),
    () => now,
  )
  for (; now <= 11_000; now += 1000) log?.('error', 'no connection', { n: 1 })
  log?.('error', 'another thing', {})
  assert.equal(lines, [
    [0, 'no connection', { n: 1 }],
    [5000, 'no connection', { n: 1, repeats: 4 }],
    [10_000, 'no connection', { n: 1, repeats: 4 }],
    [12_000, 'another thing', {}],
  ])
})

test('does nothing without a log', () => assert.is(withoutRoutine(undefined), undefined))

test.run()
