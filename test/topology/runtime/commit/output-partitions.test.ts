import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesSerde } from '../../../../records/serde.ts'
import { keyValueStore } from '../../../../stores/index.ts'
import { Topology } from '../../../../topology/index.ts'
import type { TopicLayout } from '../../../../topology/runtime/topics/topic-manager.ts'
import { outputPartitions } from '../../../../topology/runtime/commit/output-partitions.ts'

const test = suite('outputPartitions')
const bytes = { key: bytesSerde, value: bytesSerde }
const topology = new Topology()
  .addSource('in', 'inputs', bytes)
  .addProcessor('both', () => ({ process: () => undefined }), 'in')
  .addStateStore(keyValueStore({ name: 'kept', ...bytes }), 'both')
  .addStateStore(keyValueStore({ name: 'unlogged', ...bytes, logged: false }), 'both')
  .addSink('out', 'outputs', bytes, 'both')
  .build()

const written = (counts: Readonly<Record<string, number>>, task: string): readonly string[] => {
  const layout: TopicLayout = { partitionCounts: new Map(Object.entries(counts)), partitionsOf: [], tasks: [], tombstonesMs: new Map() }
  const parts = { topology, layout, task, applicationId: 'app', deadLetterTopic: 'dead' } as const
  return outputPartitions(parts).map(({ topic, partition }) => `${topic} ${partition}`)
}

test('all partitions that a task may write, those with its own number first', () => {
  assert.equal(written({ outputs: 3, dead: 2 }, '0_1'), ['app-kept-changelog 1', 'outputs 1', 'dead 1', 'outputs 0', 'outputs 2', 'dead 0'])
})

test('an output with fewer partitions than tasks', () => {
  assert.equal(written({ outputs: 1, dead: 3 }, '0_2'), ['app-kept-changelog 2', 'dead 2', 'outputs 0', 'dead 0', 'dead 1'])
})

test('of many partitions only those with its own number', () => {
  assert.equal(written({ outputs: 100, dead: 100 }, '0_7'), ['app-kept-changelog 7', 'outputs 7', 'dead 7'])
})

test.run()
