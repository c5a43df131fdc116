import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeCommitNote } from '../../../../topology/runtime/group/commit-mark.ts'
import { type CommittedRows, nameCommit } from '../../../../topology/runtime/state/name-commit.ts'

const test = suite('how a commit is named in changelogs')

const note = { mark: { since: 1000, number: 3 }, exact: true, inputs: [{ topic: 'in', topicId: 'id', offset: 5 }] }
const row = (key: string, value: string | null) => ({ key: Buffer.from(key), value: value === null ? null : Buffer.from(value) })
const rowsOf = (store: string, rows: CommittedRows['rows'], maxRecordBytes = 1_000_000): CommittedRows => ({
  store,
  topic: `app-${store}-changelog`,
  topicId: `id-${store}`,
  rows,
  mayPrecede: undefined,
  maxRecordBytes,
})
const named = (text: string) => decodeCommitNote(text)?.stores?.map(({ store, topicId }) => `${store} ${topicId}`)

test('each changelog names all stores that the commit wrote', () => {
  const { text, rows, stores } = nameCommit([rowsOf('s', [row('a', '1'), row('b', null)]), rowsOf('t', [row('c', '2')])], note)
  assert.equal(named(text), ['s id-s', 't id-t'])
  assert.equal(
    [...rows].map(([store, { key }]) => `${store} ${String(key)}`),
    ['s a', 't c'],
  )
  assert.equal(
    stores.map(({ store }) => store),
    ['s', 't'],
  )
  assert.equal({ ...decodeCommitNote(text), stores: undefined }, { ...note, stores: undefined })
})

test('but not one whose record of it compaction removes, or that has no room for the name', () => {
  const { text, rows } = nameCommit(
    [rowsOf('deleted', [row('a', null)]), rowsOf('s', [row('b', '1')]), rowsOf('full', [row('c', 'x'.repeat(500))], 800)],
    note,
  )
  assert.equal(named(text), ['s id-s'])
  assert.equal([...rows.keys()], ['deleted', 's'])
})

test('with too many names it says nothing of stores, as older builds do', () => {
  const many = Array.from({ length: 100 }, (_, at) => rowsOf(`store-${at}`, [row('a', '1')]))
  const { text, rows, stores } = nameCommit(many, note)
  assert.equal([named(text), rows.size, stores.length], [undefined, 100, 100])
  assert.ok(text.length < 200)
})

test.run()
