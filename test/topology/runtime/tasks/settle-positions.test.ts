import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../../base/sluice-error.ts'
import {
  type CommitMark,
  type CommitNote,
  decodeCommitNote,
  decodeOffsetNote,
  encodeCommitNote,
  encodeOffsetNote,
} from '../../../../topology/runtime/group/commit-mark.ts'
import { LostOffsets } from '../../../../topology/runtime/tasks/lost-offsets.ts'
import { latestMark, settlePositions, type TakenInput } from '../../../../topology/runtime/tasks/settle-positions.ts'

const test = suite('where a task goes on that is taken over')

const mark = (number: number, since = 1000): CommitMark => ({ since, number })

interface Said {
  readonly topicId?: string | undefined
  readonly exact?: boolean
  readonly topic?: string
  /** The stores that the commit wrote, and the topic ids of their changelogs; undefined: of an older build. */
  readonly wrote?: Readonly<Record<string, string | undefined>> | undefined
}

/** What a changelog says: commit number and offset. */
const changelog = (number: number, offset: number, { topicId = 'id', exact = true, topic = 'in', wrote }: Said = {}): CommitNote => ({
  mark: mark(number),
  exact,
  inputs: [{ topic, topicId, offset }],
  stores: wrote && Object.entries(wrote).map(([store, id]) => ({ store, topicId: id })),
})

interface Case {
  readonly name: string
  /** What the group has of the input: the offset, and who committed it: a commit's number, an older build, or somebody; undefined: none. */
  readonly group?: readonly [offset: number, by: number | 'older' | 'somebody', stores?: readonly string[]]
  readonly stores?: Readonly<Record<string, CommitNote>>
  readonly topicId?: string | undefined
  /** The stores that the task has, and the topic ids of their changelogs. */
  readonly has?: Readonly<Record<string, string | undefined>>
  /** The offset to go on at, or the error's code. */
  readonly outcome: number | 'OFFSETS_LOST' | 'STATE_UNCERTAIN' | 'beginning'
}

const both = { s: 'id-s', t: 'id-t' }

const cases: readonly Case[] = [
  { name: 'nothing was ever committed', outcome: 'beginning' },
  { name: 'no changelog names a commit', group: [5, 3], outcome: 5 },
  { name: 'all have their end, and it is commit', group: [5, 3, ['s']], stores: { s: changelog(3, 5) }, outcome: 5 },
  { name: 'the end of the offsets is missing, or was an abort', group: [3, 2, ['s']], stores: { s: changelog(3, 5) }, outcome: 5 },
  { name: 'the same, and more has been written since', group: [3, 2, ['s']], stores: { s: changelog(9, 50) }, outcome: 50 },
  { name: 'the end of the changelog was an abort', group: [5, 3, ['s']], stores: { s: changelog(2, 3) }, outcome: 'STATE_UNCERTAIN' },
  {
    name: 'the same, of one store of two',
    group: [5, 3, ['s', 't']],
    stores: { s: changelog(3, 5), t: changelog(2, 3) },
    outcome: 'STATE_UNCERTAIN',
  },
  { name: 'the changelog names nothing any more: it was made anew', group: [5, 3, ['s']], outcome: 5 },
  { name: 'later commits wrote no rows', group: [9, 7], stores: { s: changelog(3, 5) }, outcome: 9 },
  { name: 'one of two stores was written later', group: [5, 3, ['s']], stores: { s: changelog(4, 6), t: changelog(3, 5) }, outcome: 6 },
  { name: 'a commit that moved no input', group: [5, 3], stores: { s: changelog(4, 5) }, outcome: 5 },
  { name: 'a later commit says less', group: [9, 3], stores: { s: changelog(4, 5) }, outcome: 'STATE_UNCERTAIN' },
  { name: 'at least once: rows come before offsets', group: [3, 2, ['s']], stores: { s: changelog(3, 4, { exact: false }) }, outcome: 3 },
  { name: 'the offset is gone', stores: { s: changelog(3, 5) }, outcome: 'OFFSETS_LOST' },
  { name: 'the offset is gone, at least once', stores: { s: changelog(3, 5, { exact: false }) }, outcome: 'OFFSETS_LOST' },
  {
    name: 'the offset is gone with its topic, which was made anew',
    stores: { s: changelog(3, 5, { topicId: 'former' }) },
    outcome: 'beginning',
  },
  {
    name: 'the offset is gone, and the brokers tell no ids',
    topicId: undefined,
    stores: { s: changelog(3, 5, { topicId: undefined }) },
    outcome: 'beginning',
  },
  { name: 'an input that no commit knew', stores: { s: changelog(3, 5, { topic: 'other' }) }, outcome: 'beginning' },
  {
    name: 'behind a commit of two stores: both have it',
    group: [3, 2, ['s', 't']],
    stores: { s: changelog(3, 5, { wrote: both }), t: changelog(3, 5, { wrote: both }) },
    has: both,
    outcome: 5,
  },
  {
    name: 'behind a commit of two stores, of which one has only what came before',
    group: [3, 2, ['s', 't']],
    stores: { s: changelog(3, 5, { wrote: both }), t: changelog(2, 3, { wrote: both }) },
    has: both,
    outcome: 'STATE_UNCERTAIN',
  },
  {
    name: 'the same, in the other order',
    group: [3, 2, ['s', 't']],
    stores: { t: changelog(2, 3, { wrote: both }), s: changelog(3, 5, { wrote: both }) },
    has: both,
    outcome: 'STATE_UNCERTAIN',
  },
  {
    name: 'behind a commit of two stores, of which one names no commit',
    group: [3, 2, ['s']],
    stores: { s: changelog(3, 5, { wrote: both }) },
    has: both,
    outcome: 'STATE_UNCERTAIN',
  },
  {
    name: 'the same, where the brokers tell no ids of topics',
    group: [3, 2, ['s']],
    stores: { s: changelog(3, 5, { wrote: { s: undefined, t: undefined } }) },
    has: { s: undefined, t: undefined },
    outcome: 'STATE_UNCERTAIN',
  },
  {
    name: 'the same, where that changelog was made anew',
    group: [3, 2, ['s']],
    stores: { s: changelog(3, 5, { wrote: both }) },
    has: { ...both, t: 'new' },
    outcome: 5,
  },
  {
    name: 'behind a commit that wrote a store which this version has no more',
    group: [3, 2, ['s', 't']],
    stores: { s: changelog(3, 5, { wrote: both }) },
    has: { s: 'id-s' },
    outcome: 5,
  },
  {
    name: 'behind a commit that did not write the other store',
    group: [3, 2, ['s', 't']],
    stores: { s: changelog(3, 5, { wrote: { s: 'id-s' } }), t: changelog(2, 3, { wrote: both }) },
    has: both,
    outcome: 5,
  },
  {
    name: 'behind two commits, of which each wrote one store',
    group: [3, 2, ['s', 't']],
    stores: { s: changelog(3, 5, { wrote: { s: 'id-s' } }), t: changelog(4, 6, { wrote: { t: 'id-t' } }) },
    has: both,
    outcome: 6,
  },
  {
    name: 'behind a commit of an older build, which names no stores',
    group: [3, 2, ['s', 't']],
    stores: { s: changelog(3, 5), t: changelog(2, 3) },
    has: both,
    outcome: 5,
  },
  {
    name: 'at least once, nothing is brought forward, whatever was written',
    group: [3, 2, ['s', 't']],
    stores: { s: changelog(3, 5, { exact: false, wrote: both }), t: changelog(2, 3, { exact: false, wrote: both }) },
    has: both,
    outcome: 3,
  },
  { name: 'somebody has set the offset back', group: [1, 'somebody'], stores: { s: changelog(3, 5) }, outcome: 1 },
  { name: 'somebody has set the offset forward', group: [9, 'somebody'], stores: { s: changelog(3, 5) }, outcome: 9 },
  { name: 'an older build has committed since', group: [9, 'older'], stores: { s: changelog(3, 5) }, outcome: 9 },
]

const inputOf = ({ group, ...given }: Case): TakenInput => {
  const topicId = 'topicId' in given ? given.topicId : 'id'
  const [offset, by, stores = []] = group ?? []
  const note = { mark: typeof by === 'number' ? mark(by) : undefined, topicId, stores }
  const committed = offset === undefined ? undefined : { offset, note: by === 'somebody' ? undefined : note }
  return { topic: 'in', partition: 0, topicId, committed }
}

for (const each of cases) {
  test(`${each.name}: ${each.outcome}`, () => {
    const input = inputOf(each)
    const settle = (): number | 'beginning' => {
      const settled = settlePositions({
        applicationId: 'app',
        task: '0_0',
        inputs: [input],
        stores: new Map(Object.entries(each.stores ?? {})),
        ...(each.has && { changelogs: new Map(Object.entries(each.has)) }),
      })
      return settled.get('in')?.to ?? input.committed?.offset ?? 'beginning'
    }
    if (each.outcome !== 'OFFSETS_LOST' && each.outcome !== 'STATE_UNCERTAIN') return assert.is(settle(), each.outcome)
    try {
      settle()
      assert.unreachable()
    } catch (error) {
      assert.is((error as SluiceError).code, each.outcome)
      // What to do, as a command that is whole.
      assert.match((error as SluiceError).message, /--to-offset \d+ --group app --topic in:0 --execute/)
    }
  })
}

test('rows that are not the last: a broker has lost them, or, at least once, a former member has sent rows that came late', () => {
  const said = (exact: boolean, since: number): string => {
    const note = { mark: mark(3), topicId: 'id', stores: ['s'] }
    const inputs = [{ topic: 'in', partition: 0, topicId: 'id', committed: { offset: 5, note } }]
    const stores = new Map([['s', { ...changelog(2, 3, { exact }), mark: mark(2, since) }]])
    try {
      settlePositions({ applicationId: 'app', task: '0_0', inputs, stores })
      return ''
    } catch (error) {
      return (error as SluiceError).message
    }
  }
  for (const [exact, since, late] of [
    [true, 500, false],
    [false, 1000, false],
    [false, 500, true],
  ] as const) {
    assert.match(said(exact, since), 'a broker has lost them')
    assert.is(said(exact, since).includes('a former member had sent came after them'), late)
  }
})

test('an input that moved last with an earlier commit says nothing of the rows of that one', () => {
  const committed = (offset: number, number: number, stores: readonly string[]) => ({
    offset,
    note: { mark: mark(number), topicId: 'id', stores },
  })
  const inputs = [
    { topic: 'idle', partition: 0, topicId: 'id', committed: committed(4, 3, ['s']) },
    { topic: 'in', partition: 0, topicId: 'id', committed: committed(9, 8, []) },
  ]
  // The row of commit 3 was deleted later, and compacted away with its deletion.
  const stores = new Map([['s', changelog(2, 3)]])
  assert.is(settlePositions({ applicationId: 'app', task: '0_0', inputs, stores }).size, 0)
})

test('a changelog that is empty, and is the one that a commit has written: STATE_UNCERTAIN; one that was made anew is gone on with', () => {
  const settle = (changelogs: readonly (string | undefined)[], unwritten: string): number => {
    const note = { mark: mark(3), topicId: 'id', stores: ['r', 's'], changelogs }
    const inputs = [{ topic: 'in', partition: 0, topicId: 'id', committed: { offset: 5, note } }]
    return settlePositions({ applicationId: 'app', task: '0_0', inputs, stores: new Map(), unwritten: new Map([['s', unwritten]]) }).size
  }
  assert.is(settle(['same', 'former'], 'same'), 0)
  assert.is(settle([undefined, undefined], 'same'), 0)
  assert.is(settle([], 'same'), 0)
  try {
    settle(['former', 'same'], 'same')
    assert.unreachable()
  } catch (error) {
    assert.is((error as SluiceError).code, 'STATE_UNCERTAIN')
    assert.match(
      (error as SluiceError).message,
      /--to-earliest --group app --topic in:0 .* --to-offset 5 --group app --topic in:0 --execute/,
    )
  }
})

test('the offsets of several inputs are gone: the message has a command for each', () => {
  const inputs = ['in', 'idle', 'second'].map(topic => ({ topic, partition: 2, topicId: 'id', committed: undefined }))
  const note = { ...changelog(3, 5), inputs: ['in', 'second'].map((topic, at) => ({ topic, topicId: 'id', offset: 5 + at })) }
  try {
    settlePositions({ applicationId: 'app', task: '0_2', inputs, stores: new Map([['s', note]]) })
    assert.unreachable()
  } catch (error) {
    assert.is((error as SluiceError).code, 'OFFSETS_LOST')
    assert.match((error as SluiceError).message, '--to-offset 5 --group app --topic in:2 --execute and kafka')
    assert.match((error as SluiceError).message, '--to-offset 6 --group app --topic second:2 --execute;')
  }
})

test('the offsets of several tasks are gone: one failure names them all, in the order of the inputs', () => {
  const lost = (partition: number) => new LostOffsets('app', [{ task: `0_${partition}`, topic: 'in', partition, offset: 5 + partition }])
  const { code, message } = LostOffsets.together([lost(10), lost(2)])
  assert.is(code, 'OFFSETS_LOST')
  assert.match(message, /^tasks 0_2, 0_10 have state, .* no offsets of in-2, in-10: .* offsets 7, 15\. /)
  assert.match(message, '--to-offset 7 --group app --topic in:2 --execute and kafka')
  assert.match(message, '--to-offset 15 --group app --topic in:10 --execute;')
})

test('commits are ordered by assignment, then by number', () => {
  const inputs = [
    { topic: 'in', partition: 0, topicId: 'id', committed: { offset: 1, note: { mark: mark(7, 2000), topicId: 'id', stores: [] } } },
  ]
  assert.equal(latestMark({ inputs, stores: new Map([['s', changelog(90, 3)]]) }), mark(7, 2000))
})

test('what is committed with an offset comes back as it was, and is nothing of a tool', () => {
  for (const note of [
    { mark: mark(3), topicId: 'id', stores: ['a', 'b.c_d-e'] },
    { mark: mark(3), topicId: undefined, stores: [] },
    { mark: mark(3), topicId: 'id', stores: ['a', 'b', 'c'], changelogs: ['id-a', undefined, 'id-c'] },
    { mark: undefined, topicId: 'id', stores: [] },
  ])
    assert.equal(decodeOffsetNote(encodeOffsetNote(note)), note)
  for (const metadata of [undefined, null, '', 'somebody else', 'a:b']) assert.is(decodeOffsetNote(metadata), undefined)
})

test('a commit is told to the changelogs with the stores that it wrote, and without them as older builds do', () => {
  for (const note of [changelog(3, 5), changelog(3, 5, { wrote: { s: 'id', t: undefined } }), changelog(3, 5, { wrote: {} })]) {
    const { stores, ...others } = note
    assert.equal(decodeCommitNote(encodeCommitNote(note)), stores === undefined ? others : note)
  }
  const older = '{"commit":[1,2],"exact":true,"inputs":[["in",3,"id"]]}'
  assert.is(encodeCommitNote(decodeCommitNote(older) as CommitNote), older)
})

test('a commit that is in one of two changelogs only: the message has what is known, and both ways to go on, for every input', () => {
  const inputs = ['in', 'second'].map((topic, at) => ({
    topic,
    partition: 2,
    topicId: 'id',
    committed: { offset: 3 + at, note: { mark: mark(2), topicId: 'id', stores: ['s', 't'] } },
  }))
  const last = { ...changelog(3, 0, { wrote: both }), inputs: [{ topic: 'in', topicId: 'id', offset: 5 }] }
  const stores = new Map([
    ['s', last],
    ['t', changelog(2, 3)],
  ])
  try {
    settlePositions({ applicationId: 'app', task: '0_2', inputs, stores, changelogs: new Map(Object.entries(both)) })
    assert.unreachable()
  } catch (error) {
    const { code, message } = error as SluiceError
    assert.is(code, 'STATE_UNCERTAIN')
    assert.match(message, 'commit 1000.3 has rows in the changelog of store "s"')
    assert.match(message, 'some of store "t" too')
    assert.match(message, 'are those of 1000.2')
    assert.match(
      message,
      /without the rows .*--to-offset 5 --group app --topic in:2 --execute and .*--to-offset 4 --group app --topic second:2/,
    )
    assert.match(message, /process its records again.*--to-offset 3 --group app --topic in:2 --execute and .*--to-offset 4 --group app/)
  }
})

test('names of stores that fill the metadata are left out', () => {
  const text = encodeOffsetNote({ mark: mark(1), topicId: 'id', stores: ['x'.repeat(3000)] })
  assert.ok((text?.length ?? 0) < 100)
})

test.run()
