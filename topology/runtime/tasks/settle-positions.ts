import { SluiceError, topicPartition } from '../../../base/index.ts'
import { type CommitMark, type CommitNote, compareMarks } from '../group/index.ts'
import type { StateManager } from '../state/index.ts'
import { LostOffsets, resetCommand } from './lost-offsets.ts'
import type { InputPositions } from './input-positions.ts'
import type { RecordQueue } from './record-queue.ts'

/** An input of a task that is taken over, and what the group has committed of it. */
export type TakenInput = Pick<RecordQueue, 'topic' | 'partition' | 'topicId' | 'committed'>

/** What a task's inputs and changelogs say of its commits. */
export interface Witnesses {
  readonly applicationId: string
  readonly task: string
  readonly inputs: readonly TakenInput[]
  /** By store: the last commit that its changelog names; no entry for a changelog that names none. */
  readonly stores: ReadonlyMap<string, CommitNote>
  /** By store: the topic id of its changelog now; undefined: the brokers return none. No entry for a store that the task does not have. */
  readonly changelogs?: ReadonlyMap<string, string | undefined>
  /** By store: the topic id of a changelog in which nothing was ever written. */
  readonly unwritten?: ReadonlyMap<string, string>
}

/** Where an input goes on. */
export type Settled = ReadonlyMap<
  string,
  {
    readonly from: number
    readonly to: number
    /** `forward`: the rows hold more than the group's offset says. `set`: somebody set the offset, and the rows are of another one. */
    readonly why: 'forward' | 'set'
  }
>

/**
 * Holds the group's offsets against what the changelogs say of the same commits. Under exactly_once the two are written in one transaction, but a broker that
 * is killed while it ends one may forget an end, and what ends it later may end it otherwise.
 *
 * | the group's offset                       | the changelog's last commit | then                                                        |
 * | ---------------------------------------- | --------------------------- | ----------------------------------------------------------- |
 * | any                                      | names none                  | go on at the offset                                         |
 * | of a commit with rows in this very topic | is empty                    | STATE_UNCERTAIN: the topic has lost all that it had         |
 * | none                                     | has this topic's            | OFFSETS_LOST                                                |
 * | none                                     | has another topic's, or not | from the beginning: the topic is new                        |
 * | was set by somebody, or by an older build | any                         | go on at the offset: it is meant                            |
 * | of an earlier commit, and lower          | is one transaction's        | go on at the changelog's                                    |
 * | of an earlier commit, and lower          | the same, and is not in     | STATE_UNCERTAIN: rows of that transaction are missing, or   |
 * |                                          | each that it says it wrote  | it is not told whether they are                             |
 * | of an earlier commit, and lower          | is at least once            | go on at the offset                                         |
 * | of an earlier commit, and higher         | any                         | STATE_UNCERTAIN: neither can have come before the other     |
 * | of the same commit                       | any                         | go on at the offset                                         |
 * | of a later one, which wrote no rows there | any                         | go on at the offset                                         |
 * | of a later one, whose rows are not there | any                         | STATE_UNCERTAIN: the rows of a commit are missing           |
 */
export function settlePositions(witnesses: Witnesses): Settled {
  refuseEmptied(witnesses)
  refuseMissingRows(witnesses)
  refuseLostOffsets(witnesses)
  const settled = new Map<string, { from: number; to: number; why: 'forward' | 'set' }>()
  for (const input of witnesses.inputs) {
    const said = lastOf(input, witnesses)
    if (said === undefined) continue
    const { committed } = input
    if (committed === undefined) continue
    const { offset, note } = committed
    if (note === undefined) {
      if (offset !== said.offset) settled.set(input.topic, { from: said.offset, to: offset, why: 'set' })
      continue
    }
    if (note.mark === undefined || compareMarks(said.by.mark, note.mark) <= 0 || said.offset === offset) continue
    if (said.offset < offset)
      throw uncertain(witnesses, `${nameOf(input)} is committed up to ${offset}, but a later commit up to ${said.offset}`)
    if (!said.by.exact) continue
    refuseTorn(witnesses, said.by)
    settled.set(input.topic, { from: offset, to: said.offset, why: 'forward' })
  }
  return settled
}

interface RestoredTask {
  readonly id: string
  readonly inputs: { readonly queues: readonly RecordQueue[] }
  readonly stateManager: Pick<StateManager, 'commits' | 'changelogs' | 'unwritten'>
}

/** Settles the positions of a task that was restored, and moves its inputs to where they go on. */
export function bringForward(applicationId: string, task: RestoredTask, positions: InputPositions): Settled {
  const { queues } = task.inputs
  const { commits: stores, changelogs, unwritten } = task.stateManager
  const witnesses = { applicationId, task: task.id, inputs: queues, stores, changelogs, unwritten }
  const settled = settlePositions(witnesses)
  for (const queue of queues) {
    const found = settled.get(queue.topic)
    if (found?.why === 'forward') queue.continueAt(found.to)
  }
  const latest = latestMark(witnesses)
  if (latest !== undefined) positions.follow(latest)
  return settled
}

/** The latest of all marks. */
export function latestMark({ inputs, stores }: Pick<Witnesses, 'inputs' | 'stores'>): CommitMark | undefined {
  return [...inputs.map(({ committed }) => committed?.note?.mark), ...[...stores.values()].map(({ mark }) => mark)]
    .filter(mark => mark !== undefined)
    .toSorted(compareMarks)
    .at(-1)
}

interface Said {
  /** The commit that says so. */
  readonly by: CommitNote
  readonly offset: number
}

/** What the changelogs say last of an input; undefined: nothing, or of a former topic of that name. */
function lastOf({ topic, topicId }: TakenInput, { stores }: Witnesses): Said | undefined {
  const said = [...stores.values()].flatMap(by =>
    by.inputs.flatMap(each => (each.topic === topic && each.topicId === topicId ? [{ by, offset: each.offset }] : [])),
  )
  return said.toSorted((a, b) => compareMarks(a.by.mark, b.by.mark)).at(-1)
}

/**
 * A changelog in which a commit has left a row is never without records again: its offsets go on, whatever compaction, retention or a tool removes. One that was
 * deleted and made anew has another id.
 */
function refuseEmptied(witnesses: Witnesses): void {
  for (const { committed } of witnesses.inputs) {
    const { stores = [], changelogs = [] } = committed?.note ?? {}
    const emptied = stores.find((store, at) => changelogs[at] !== undefined && witnesses.unwritten?.get(store) === changelogs[at])
    if (emptied !== undefined) throw rowsLost(witnesses, emptied)
  }
}

/**
 * The last commit tells with an offset whose changelogs name it. Compaction removes no record of the last commit but a deletion, and those are not told; what
 * an offset says that a tool or an older build has committed is nothing about rows.
 */
function refuseMissingRows(witnesses: Witnesses): void {
  const { inputs, stores } = witnesses
  const notes = inputs.flatMap(({ committed }) => (committed === undefined ? [] : [committed.note]))
  if (notes.some(note => note?.mark === undefined)) return
  const last = notes.toSorted((a, b) => compareMarks(a?.mark as CommitMark, b?.mark as CommitMark)).at(-1)
  const mark = last?.mark
  if (mark === undefined) return
  for (const store of last?.stores ?? []) {
    const found = stores.get(store)
    if (found === undefined || compareMarks(found.mark, mark) >= 0) continue
    // At least once nothing fences a former member: what it has sent may be held on its way, and arrive behind rows of the one after it.
    const late = found.exact || found.mark.since === mark.since ? '' : ', or rows that a former member had sent came after them'
    throw uncertain(
      witnesses,
      `the rows of its last commit (${mark.since}.${mark.number}) are not the last in the changelog of store "${store}", whose last are those of ${found.mark.since}.${found.mark.number}: a broker has lost them${late}`,
      found,
    )
  }
}

/**
 * A commit that wrote several changelogs may have lost its end in some of them, as it did in the group's offsets: one changelog that has it proves nothing of the
 * others. Each that it names must have it, or be another topic than the one that it wrote. One of an older build names none.
 */
function refuseTorn(witnesses: Witnesses, commit: CommitNote): void {
  for (const { store, topicId } of commit.stores ?? []) {
    const found = witnesses.stores.get(store)
    if (found !== undefined && compareMarks(found.mark, commit.mark) >= 0) continue
    if (witnesses.changelogs?.has(store) === false) continue
    const now = witnesses.changelogs?.get(store)
    if (found === undefined && topicId !== undefined && now !== undefined && topicId !== now) continue
    throw torn(witnesses, commit, store)
  }
}

/** Without ids, a topic that was deleted and made anew cannot be told from one whose offset is lost. */
function refuseLostOffsets(witnesses: Witnesses): void {
  const gone = witnesses.inputs.flatMap(input => {
    const said = lastOf(input, witnesses)
    if (input.committed !== undefined || input.topicId === undefined || said === undefined) return []
    return [{ task: witnesses.task, topic: input.topic, partition: input.partition, offset: said.offset }]
  })
  if (gone.length > 0) throw new LostOffsets(witnesses.applicationId, gone)
}

function nameOf({ topic, partition }: TakenInput): string {
  return topicPartition(topic, partition)
}

function uncertain({ applicationId, task, inputs }: Witnesses, why: string, state?: CommitNote): SluiceError {
  const to = inputs.flatMap(input => {
    const offset = state?.inputs.find(({ topic }) => topic === input.topic)?.offset ?? input.committed?.offset
    return offset === undefined ? [] : [resetCommand(applicationId, input, offset)]
  })
  return new SluiceError(
    'STATE_UNCERTAIN',
    `what task ${task} has committed cannot be told: ${why}. Nothing was processed. To go on from what the state holds, stop all instances and run ${to.join(' and ')}; what was processed since is then processed \
again, and its results written again`,
  )
}

function torn({ applicationId, inputs, stores, task }: Witnesses, commit: CommitNote, store: string): SluiceError {
  const all = (to: (input: TakenInput) => number | undefined): string =>
    inputs.map(input => resetCommand(applicationId, input, to(input) ?? 'earliest')).join(' and ')
  const behind = all(input => commit.inputs.find(({ topic }) => topic === input.topic)?.offset ?? input.committed?.offset)
  const before = all(({ committed }) => committed?.offset)
  const last = stores.get(store)?.mark
  const name = ({ since, number }: CommitMark): string => `${since}.${number}`
  const has = [...stores].filter(([, { mark }]) => compareMarks(mark, commit.mark) === 0).map(([each]) => `"${each}"`)
  return new SluiceError(
    'STATE_UNCERTAIN',
    `what task ${task} has committed cannot be told: commit ${name(commit.mark)} has rows in the changelog of store ${has.join(', ')} and says that it wrote some of store "${store}" too, but ${last === undefined ? 'the changelog of that one names no commit' : `the last in the changelog of that one are those of ${name(last)}`}, and the group's offsets are those before it: brokers have lost a part of it. Nothing was processed. To go on behind it, without the rows that are lost, stop all instances and run ${behind}; to process its records again, on top of the rows that are left, and write its results again, run ${before}`,
  )
}

function rowsLost({ applicationId, task, inputs }: Witnesses, store: string): SluiceError {
  const all = (to: (input: TakenInput) => number | 'earliest'): string =>
    inputs.map(input => resetCommand(applicationId, input, to(input))).join(' and ')
  return new SluiceError(
    'STATE_UNCERTAIN',
    `task ${task} has committed rows of store "${store}", but its changelog is empty: its brokers have lost all of it. Nothing was processed. To build the state again from the inputs, stop all instances and run ${all(() => 'earliest')}; all results are then written again. To go on without the rows, run ${all(({ committed }) => committed?.offset ?? 'earliest')}`,
  )
}
