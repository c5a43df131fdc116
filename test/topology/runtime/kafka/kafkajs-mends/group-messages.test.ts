import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mendedModule } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { plainModule } from './plain-module.ts'

type Message = { readonly partition: number; readonly value: string }
type Group = (grouping: {
  topic: string
  partitionMetadata: readonly unknown[]
  messages: readonly Message[]
  partitioner: (choice: { message: Message }) => number
}) => Record<string, Message[]>

const path = 'src/producer/groupMessagesPerPartition.js'
const plain = plainModule(path) as Group
const mended = mendedModule(path) as Group
const partitioner = ({ message }: { message: Message }): number => message.partition
const test = suite('group messages')

test('groups like kafkajs', () => {
  const messages = Array.from({ length: 500 }, (_, i) => ({ partition: (i * 7) % 5, value: String(i) }))
  for (const partitionMetadata of [[], [{}]]) {
    const grouping = { topic: 't', partitionMetadata, messages, partitioner }
    assert.equal(mended(grouping), plain(grouping))
  }
})

test('makes one array for each partition; kafkajs makes one for each message', () => {
  const arraysOf = (group: Group): number => {
    const made = new Set<unknown>()
    const { assign } = Object
    Object.assign = (target: object, source: object): object => {
      for (const array of Object.values(source)) made.add(array)
      return assign<object, object>(target, source)
    }
    try {
      const messages = Array.from({ length: 100 }, (_, i) => ({ partition: i % 2, value: '' }))
      for (const array of Object.values(group({ topic: 't', partitionMetadata: [{}], messages, partitioner }))) made.add(array)
    } finally {
      Object.assign = assign
    }
    return made.size
  }
  assert.is(arraysOf(mended), 2)
  assert.is(arraysOf(plain), 100)
})

test.run()
