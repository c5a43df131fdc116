import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { AbortedTransaction, FetchedMessage } from '../../../../../topology/runtime/kafka/kafkajs-mends/filter-aborted-messages.ts'
import { mendedModule } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { plainModule } from './plain-module.ts'

interface Message extends FetchedMessage {
  readonly name: string
}
type Filter = (options: { messages: readonly Message[]; abortedTransactions?: readonly AbortedTransaction[] | null }) => readonly Message[]

const path = 'src/consumer/filterAbortedMessages.js'
const plain = plainModule(path) as Filter
const mended = mendedModule(path) as Filter
const abortMarker = Buffer.from([0, 0, 0, 0])
const commitMarker = Buffer.from([0, 0, 0, 1])
const test = suite('filter aborted messages')

/** Data that must be read is named "good…", what must not "bad…", a marker "end". */
function log(...entries: readonly (readonly [name: string, producerId: number, key?: Buffer | null])[]): Message[] {
  return entries.map(([name, producerId, key = null], offset) => ({
    name,
    offset: String(offset),
    key,
    isControlRecord: name === 'end',
    batchContext: { producerId: String(producerId), inTransaction: name !== 'good outside' },
  }))
}
const namesOf = (messages: readonly Message[]): string[] => messages.map(({ name }) => name).filter(name => name !== 'end')
const leaks = (filter: Filter, messages: readonly Message[], abortedTransactions: readonly AbortedTransaction[]): string[] =>
  namesOf(filter({ messages, abortedTransactions })).filter(name => name.startsWith('bad'))

test('without aborted transactions all messages are kept', () => {
  const messages = log(['good', 1], ['end', 1, commitMarker])
  for (const abortedTransactions of [[], null]) assert.is(mended({ messages, abortedTransactions }), messages)
})

test('aborted transactions may be listed in the order of their ends', () => {
  const messages = log(['bad a', 1], ['bad b', 2], ['end', 2, abortMarker], ['bad c', 1], ['end', 1, abortMarker], ['good', 1])
  const aborted = [
    { producerId: '2', firstOffset: '1' },
    { producerId: '1', firstOffset: '0' },
  ]
  assert.equal(leaks(mended, messages, aborted), [])
  assert.ok(leaks(plain, messages, aborted).length > 0)
})

test('a data record whose key is four zero bytes is no abort marker', () => {
  const messages = log(['bad a', 1, abortMarker], ['bad b', 1], ['end', 1, abortMarker], ['good', 1])
  const aborted = [{ producerId: '1', firstOffset: '0' }]
  assert.equal(leaks(mended, messages, aborted), [])
  assert.equal(leaks(plain, messages, aborted), ['bad a', 'bad b'])
})

test('producer ids of different types are compared', () => {
  const messages = log(['bad', 1], ['end', 1, abortMarker])
  const aborted = [{ producerId: 1n, firstOffset: '0' }]
  assert.equal(leaks(mended, messages, aborted), [])
  assert.equal(leaks(plain, messages, aborted), ['bad'])
})

test('records outside of transactions are kept, and so are later ones of a producer that aborted', () => {
  const messages = log(['bad', 1], ['good outside', 2], ['end', 1, abortMarker], ['good', 1], ['end', 1, commitMarker])
  assert.equal(namesOf(mended({ messages, abortedTransactions: [{ producerId: '1', firstOffset: '0' }] })), ['good outside', 'good'])
})

test('any interleaving of transactions, listed in any order, is filtered', () => {
  const step = fc.record({ producer: fc.nat(3), what: fc.constantFrom('send', 'send zero key', 'commit', 'abort') })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.infiniteStream(fc.nat()), (steps, random) => {
      const { messages, aborted, expected } = play(steps)
      const shuffled = aborted.map(each => ({ each, at: random.next().value as number })).sort((a, b) => a.at - b.at)
      assert.equal(namesOf(mended({ messages, abortedTransactions: shuffled.map(({ each }) => each) })), expected)
    }),
  )
})

/** Writes a log as the steps say; each producer has one transaction at a time, open ones are aborted at the end. */
function play(steps: readonly { readonly producer: number; readonly what: string }[]) {
  const entries: [string, number, (Buffer | null)?][] = []
  const open = new Map<number, number[]>()
  const good = new Set<number>()
  const aborted: AbortedTransaction[] = []
  const end = (producer: number, commit: boolean): void => {
    const sent = open.get(producer)
    if (!sent) return
    open.delete(producer)
    entries.push(['end', producer, commit ? commitMarker : abortMarker])
    if (commit) for (const offset of sent) good.add(offset)
    else aborted.push({ producerId: String(producer), firstOffset: String(sent[0]) })
  }
  for (const { producer, what } of steps) {
    if (!what.startsWith('send')) {
      end(producer, what === 'commit')
      continue
    }
    const offset = entries.length
    open.set(producer, [...(open.get(producer) ?? []), offset])
    entries.push([`record ${offset}`, producer, what === 'send' ? null : abortMarker])
  }
  for (const producer of open.keys()) end(producer, false)
  return { messages: log(...entries), aborted, expected: [...good].sort((a, b) => a - b).map(offset => `record ${offset}`) }
}

test.run()
