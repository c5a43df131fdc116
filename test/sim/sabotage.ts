import { UndoJournal } from '../../stores/index.ts'
import { TransactionBuffer } from '../../stores/rows/index.ts'
import type { Row } from '../../stores/index.ts'
import { RecordCollector } from '../../topology/runtime/commit/record-collector.ts'
import { ThreadTransactions } from '../../topology/runtime/commit/thread-transactions.ts'
import { EpochTransactions } from '../../topology/runtime/kafka/transactions/epoch-transactions.ts'
import { StateManager } from '../../topology/runtime/state/state-manager.ts'
import { InputPositions } from '../../topology/runtime/tasks/input-positions.ts'
import { TaskManager } from '../../topology/runtime/tasks/task-manager.ts'
import { TaskProducers } from '../../topology/runtime/tasks/task-producers.ts'
import { StreamLoop } from '../../topology/runtime/threads/stream-loop.ts'
import { formerFaults } from './former-faults.ts'
import { computed, method, type Sabotage } from './sabotage-doors.ts'
import { servingFaults } from './serving-faults.ts'
import { forgets, kills, silences } from './world/faults.ts'
import type { Plan } from './world/plan.ts'

/** Where members commit in transactions that each have an epoch. */
const ofEpochs = ({ setup }: Pick<Plan, 'setup'>): boolean => setup.guarantee === 'exactly_once' && setup.transactionVersion === 2

/** The faults, each with what it does wrong. */
export const sabotages: readonly Sabotage[] = [
  {
    name: 'former-left',
    what: 'transactions of former members are not ended before their tasks are taken over',
    shownBy: ({ setup, faults }) => setup.guarantee === 'exactly_once' && faults.some(fault => kills(fault) || silences(fault, setup)),
    apply: method(TaskProducers, 'takeOver', () => () => Promise.resolve()),
  },
  {
    name: 'no-generation',
    what: "offsets are committed without the member's generation",
    shownBy: ({ setup, faults }) => ofEpochs({ setup }) && setup.instances > 1 && faults.some(fault => silences(fault, setup)),
    apply: method(
      EpochTransactions,
      'commitOffsets',
      before =>
        function (offsets: object) {
          return before.call(this, { ...offsets, memberId: '', generationId: -1 })
        },
    ),
  },
  {
    name: 'failed-commit',
    what: 'a commit that failed counts as one that took effect',
    shownBy: ofEpochs,
    apply: method(
      ThreadTransactions,
      'producer',
      before =>
        function () {
          const producer = before.call(this) as { commit(...given: unknown[]): Promise<unknown>; close(): Promise<void> }
          const next = (): unknown => before.call(this)
          return {
            commit: (...given: unknown[]) => producer.commit(...given).catch(() => ({ sent: new Map(), next: next() })),
            close: () => producer.close(),
          }
        },
    ),
  },
  {
    name: 'rows-lead',
    what: 'rows are in the local store before they are committed',
    apply: method(
      TransactionBuffer,
      'prepareCommit',
      before =>
        function () {
          const rows = before.call(this) as readonly Row[]
          const buffer = this as TransactionBuffer
          if (buffer.checkpoint !== undefined) void buffer.restore(rows, buffer.checkpoint)
          return rows
        },
    ),
  },
  {
    name: 'checkpoint-leads',
    what: 'the checkpoint of a store is ahead of what its rows hold',
    apply: method(
      TransactionBuffer,
      'postCommit',
      before =>
        function (checkpoint: { readonly changelogOffset: number }) {
          return before.call(this, { ...checkpoint, changelogOffset: checkpoint.changelogOffset + 2 })
        },
    ),
  },
  {
    name: 'outputs-kept',
    what: 'outputs of a record that failed are kept',
    apply: method(RecordCollector, 'rollback', () => () => undefined),
  },
  {
    name: 'writes-kept',
    what: 'store writes of a record that failed are kept',
    apply: method(UndoJournal, 'undoTo', () => () => undefined),
  },
  {
    name: 'no-restore',
    what: 'stores are not restored from their changelogs',
    apply: method(StateManager, 'restore', () => () => Promise.resolve()),
  },
  {
    name: 'offset-ahead',
    what: 'the committed offset is one further than what was processed, now and then',
    apply: method(
      InputPositions,
      'newOffsets',
      before =>
        function () {
          const offsets = before.call(this) as readonly { readonly offset: number }[]
          return offsets.map(each => (each.offset % 7 === 0 ? { ...each, offset: each.offset + 1 } : each))
        },
    ),
  },
  {
    name: 'no-hold',
    what: 'records are processed on while the member joins again',
    apply: method(StreamLoop, 'hold', () => () => Promise.resolve()),
  },
  {
    name: 'kept-always',
    what: 'tasks that are assigned again keep their positions, whoever had them meanwhile',
    shownBy: ({ setup }) => setup.instances > 1,
    apply: method(
      TaskManager,
      'keptInputs',
      () =>
        function (ids: readonly string[]) {
          const { tasks } = this as TaskManager
          return new Map(tasks.filter(task => ids.includes(task.id) && task.resumable).map(task => [task.id, task.inputs.queues]))
        },
    ),
  },
  {
    name: 'same-id',
    what: 'transactions that failed go on under the same id',
    shownBy: ({ setup, faults }) => ofEpochs({ setup }) && setup.instances > 1 && faults.some(forgets),
    apply: () => {
      const undo = [method(TaskProducers, 'renew', () => () => undefined)(), computed(ThreadTransactions, 'transactionalId', () => '')()]
      return () => undo.forEach(each => each())
    },
  },
  ...formerFaults,
  ...servingFaults.map(fault => ({ shownBy: ({ setup }: Plan) => setup.serving !== undefined, ...fault })),
]

export function sabotageNamed(name: string): Sabotage {
  const found = sabotages.find(each => each.name === name)
  if (found === undefined) throw new RangeError(`there is no sabotage ${name}`)
  return found
}

/** Puts the fault in; returns a function that takes it out again. */
export function useSabotage(name: string): () => void {
  return sabotageNamed(name).apply()
}
