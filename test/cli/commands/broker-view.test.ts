import { Writable } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { brokerCommand } from '../../../cli/commands/broker-command.ts'
import { brokersView, printBrokers } from '../../../cli/commands/broker-view.ts'
import type { LocalBroker } from '../../../cli/kafka/index.ts'
import { Output } from '../../../cli/output.ts'

const test = suite('what sluice broker prints')

const brokers: readonly LocalBroker[] = [
  { id: 1, dir: '/c/broker-1', port: 9092, running: { pid: 11, port: 9092, version: '4.4.0', source: 'here' } },
  { id: 2, dir: '/c/broker-2', port: 9093 },
  { id: 3, dir: '/c/broker-3', port: 9094, running: { pid: 13, port: 9094, version: '4.4.0', source: 'here' } },
]

async function printed(isTTY: boolean): Promise<string> {
  let text = ''
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      text += String(chunk)
      done()
    },
  })
  await printBrokers(new Output({}, Object.assign(stream, { isTTY })), brokersView('/c', brokers))
  return text
}

test('a table for people, with a line for each broker', async () => {
  const lines = (await printed(true)).split('\n').map(line => line.split('│').map(each => each.trim()))
  assert.equal(
    lines.filter(cells => cells.length > 1).map(cells => cells.slice(1, -1)),
    [
      ['broker', 'status', 'address', 'process', 'Kafka', 'directory'],
      ['1', 'running', '127.0.0.1:9092', '11', '4.4.0', '/c/broker-1'],
      ['2', 'stopped', '127.0.0.1:9093', '', '', '/c/broker-2'],
      ['3', 'running', '127.0.0.1:9094', '13', '4.4.0', '/c/broker-3'],
    ],
  )
})

test('one JSON object in a pipe', async () => {
  assert.equal(JSON.parse(await printed(false)), {
    running: false,
    dir: '/c',
    brokers: '127.0.0.1:9092,127.0.0.1:9094',
    version: '4.4.0',
    source: 'here',
    nodes: [
      { id: 1, running: true, address: '127.0.0.1:9092', pid: 11, dir: '/c/broker-1' },
      { id: 2, running: false, address: '127.0.0.1:9093', dir: '/c/broker-2' },
      { id: 3, running: true, address: '127.0.0.1:9094', pid: 13, dir: '/c/broker-3' },
    ],
  })
})

test('a number of brokers is a whole number from 1 to 9', () => {
  for (const count of ['0', '10', '1.5', 'three']) {
    const start = brokerCommand().commands.find(command => command.name() === 'start')!
    start.exitOverride().configureOutput({ writeErr: () => undefined })
    assert.throws(() => start.parseOptions(['--brokers', count]), /Allowed: a whole number from 1 to 9/)
  }
})

test.run()
