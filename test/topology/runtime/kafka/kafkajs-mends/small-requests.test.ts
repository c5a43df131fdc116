import type { Socket } from 'node:net'
import { Writable } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { writeTogether } from '../../../../../topology/runtime/kafka/kafkajs-mends/small-requests.ts'
import { mendedModule } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { plainModule } from './plain-module.ts'

const test = suite('small requests')

/** What each system call of a socket would have written. */
function recorded(): { readonly stream: Writable; readonly calls: string[] } {
  const calls: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      calls.push(String(chunk))
      done()
    },
    writev(chunks, done) {
      calls.push(chunks.map(({ chunk }) => String(chunk)).join(' '))
      done()
    },
  })
  return { stream: writeTogether(stream), calls }
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

test('writes of one turn of the event loop are written together, in order', async () => {
  const { stream, calls } = recorded()
  stream.write('a')
  await Promise.resolve()
  stream.write('b')
  assert.equal(calls, [])
  await turn()
  assert.equal(calls, ['a b'])
  stream.write('c')
  await turn()
  assert.equal(calls, ['a b', 'c'])
})

test('a callback is called, and end does not wait for the turn', async () => {
  const { stream, calls } = recorded()
  const written = new Promise(resolve => stream.write('a', 'latin1', resolve))
  stream.end('b')
  await written
  assert.equal(calls.join(' '), 'a b')
  await turn()
  assert.ok(stream.writableFinished)
})

test('the sockets of kafkajs are made in this way', () => {
  const path = 'src/network/socketFactory.js'
  const gathers = (factory: unknown): boolean => {
    const make = (factory as () => (options: object) => Socket)()
    const socket = make({ host: '127.0.0.1', port: 9, onConnect: () => undefined })
    socket.on('error', () => undefined)
    socket.destroy()
    return Object.hasOwn(socket, 'write')
  }
  assert.equal([gathers(plainModule(path)), gathers(mendedModule(path))], [false, true])
})

test.run()
