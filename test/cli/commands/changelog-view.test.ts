import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { latestOf } from '../../../cli/commands/changelog-command.ts'
import { changelogLine, changelogView } from '../../../cli/commands/changelog-view.ts'
import { sluice } from '../../../proto/messages.js'
import { modelStateStore } from '../../../stores/index.ts'
import type { TopicRecord } from '../../../topology/runtime/topics/topic-reader.ts'

function record(offset: number, key: string | Buffer | null, value: string | Buffer | null, partition = 0): TopicRecord {
  const bytes = (part: string | Buffer | null): Buffer | null => (typeof part === 'string' ? Buffer.from(part) : part)
  return { topic: 't', partition, offset, timestamp: 1000 + offset, key: bytes(key), value: bytes(value), headers: undefined }
}

/** What the model store itself sends to its changelog after one model. */
async function modelRows(): Promise<TopicRecord[]> {
  const managed = await modelStateStore({}).open(undefined)
  managed.store.addVersion('wine', {
    name: 'first',
    description: '',
    modeltype: sluice.ModelDescriptor.ModelType.ONNX,
    bytes: Buffer.from('model bytes'),
    output: '',
    since: 5,
    partition: 0,
    offset: 0,
  })
  const rows = managed.prepareCommit().map(({ key, value }, offset) => record(offset, Buffer.from(key), value && Buffer.from(value)))
  await managed.close()
  return rows
}

const view = suite('changelog view')

view('rows of the model store are decoded', async () => {
  const views = (await modelRows()).map(row => changelogView('ModelStateStore', row))
  const state = views.find(({ kind }) => kind === 'state')
  assert.ok(state)
  assert.is(state['dataType'], 'wine')
  assert.is((state['value'] as { current: number }).current, 1)
  const blob = views.find(({ kind }) => kind === 'blob')
  assert.is(blob?.['bytes'], 'model bytes'.length)
  assert.match(String(changelogLine(blob as never)['key']), /^[0-9a-f]{16}…#0$/)
  assert.is(changelogLine(blob as never)['value'], '11 bytes')
})

view('an undecodable row of the model store is shown as bytes, with the error', async () => {
  const [row] = (await modelRows()).filter(each => changelogView('ModelStateStore', each)['kind'] === 'state')
  const broken = changelogView('ModelStateStore', { ...(row as TopicRecord), value: Buffer.from([0xff]) })
  assert.ok(broken['undecodable'])
  assert.equal(broken['value'], { base64: '/w==' })
})

view('another store: text as text, other bytes as base64, null as null', () => {
  assert.equal(changelogView('Counts', record(3, 'clé', '{"n":1}')), {
    partition: 0,
    offset: 3,
    timestamp: 1003,
    key: 'clé',
    value: '{"n":1}',
  })
  assert.equal(changelogView('Counts', record(3, Buffer.from([0, 1]), Buffer.from([0xc3])))['key'], { base64: 'AAE=' })
  assert.equal(changelogView('Counts', record(3, 'k', Buffer.from([0xc3])))['value'], { base64: 'ww==' })
  assert.equal(changelogLine(changelogView('Counts', record(3, null, null))), {
    record: '0@3',
    time: '1970-01-01T00:00:01.003Z',
    kind: undefined,
    key: null,
    value: '(deleted)',
  })
})

view('long values are cut on a terminal', () => {
  const line = changelogLine(changelogView('Counts', record(0, 'k', 'x'.repeat(500))))
  assert.is(String(line['value']).length, 160)
})

view.run()

const latest = suite('changelog --latest')

latest('the last value of each key of each partition; deleted ones are gone', async () => {
  const batches = [
    { records: [record(0, 'a', '1'), record(1, 'b', '1'), record(2, 'a', '2')] },
    { records: [record(0, 'a', 'other partition', 1)] },
    { records: [record(3, 'b', null), record(4, 'c', '1')] },
  ]
  const found: unknown[] = []
  for await (const change of latestOf(toAsync(batches), each => changelogView('Counts', each)))
    found.push([change.partition, change.offset, change['key'], change['value']])
  assert.equal(found, [
    [0, 2, 'a', '2'],
    [0, 4, 'c', '1'],
    [1, 0, 'a', 'other partition'],
  ])
})

async function* toAsync<T>(values: readonly T[]): AsyncIterable<T> {
  yield* values
}

latest.run()
