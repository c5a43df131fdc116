import { WorkUnit } from '../../topology/nodes/work-unit.ts'
import { TopicGate } from '../../topology/output/index.ts'
import { movedCoordinatorMend } from '../../topology/runtime/kafka/kafkajs-mends/moved-coordinator.ts'
import type { Mend } from '../../topology/runtime/kafka/kafkajs-mends/mend.ts'
import { sessionOf } from '../../topology/runtime/kafka/kafkajs-mends/producer-session.ts'
import { SettledConnection } from '../../topology/runtime/kafka/kafkajs-mends/settled-connection.ts'
import { bySession, gatherPartitions, transactionRequestsMend } from '../../topology/runtime/kafka/kafkajs-mends/transaction-requests.ts'
import { mendedModule } from '../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { CoordinatorLookup } from '../../topology/runtime/kafka/transactions/index.ts'
import { StateManager } from '../../topology/runtime/state/state-manager.ts'
import { StreamTask } from '../../topology/runtime/tasks/stream-task.ts'
import { RecordIntake } from '../../topology/runtime/threads/record-intake.ts'
import { StreamLoop } from '../../topology/runtime/threads/stream-loop.ts'
import { Outgoing } from '../../topology/runtime/topics/index.ts'
import { TopicConnection } from '../../topology/runtime/topics/topic-connection.ts'
import { computed, method, type Method, type Sabotage } from './sabotage-doors.ts'
import { SimEnv } from './sim-env.ts'
import { forgets } from './world/faults.ts'

/** Must be called before kafkajs is loaded for the first time, because the changes that a mend has made to kafkajs cannot be undone. */
function mending(mend: Mend, apply: Mend['apply']): () => () => void {
  return () => {
    const before = mend.apply.bind(mend)
    mend.apply = apply
    return () => (mend.apply = before)
  }
}

/** The fault: the gate does not refuse the record for this reason. Its other answers are right. */
function letting(code: string, harmless: object): (before: Method) => Method {
  return before =>
    function (record: object) {
      try {
        before.call(this, record)
      } catch (error) {
        if ((error as { readonly code?: unknown }).code !== code) throw error
        if (Object.keys(harmless).length > 0) before.call(this, { ...record, ...harmless })
      }
    }
}

interface Fetched {
  readonly messages: { readonly offsetNumber: number; readonly isControlRecord: boolean }[] & {
    nextOffset?: number | undefined
    readonly failure?: unknown
    readonly size?: number | undefined
  }
}

/** The fault: the end of a batch is taken to be its last record that is not a marker. */
function withoutMarkers(fetched: Fetched): Fetched {
  const { messages } = fetched
  const last = messages.findLast(({ isControlRecord }) => !isControlRecord)
  const { failure, size } = messages
  return { ...fetched, messages: Object.assign([...messages], { failure, size, nextOffset: last && last.offsetNumber + 1 }) }
}

type Producing = (options: { readonly transactional: boolean; readonly cluster: never }) => never

const lastBatches = new WeakMap<object, Map<string, object>>()

/** Faults that the product had in the past, each of which can be put back for a run. */
export const formerFaults: readonly Sabotage[] = [
  {
    name: 'other-connection',
    what: 'a transaction is begun on another connection than the one on which the last has ended',
    shownBy: ({ setup, faults }) => setup.guarantee === 'exactly_once' && faults.some(forgets),
    apply: computed(SettledConnection, 'lostIdle', function () {
      return this.alive !== true
    }),
  },
  {
    name: 'headers-uncounted',
    what: 'the sizes of headers are not counted when records are put together in batches',
    shownBy: ({ setup }) => setup.topics.maxResultBytes !== undefined,
    apply: method(
      Outgoing,
      'add',
      before =>
        function (message: { readonly headers?: Uint8Array }, size: number) {
          before.call(this, message, size - (message.headers?.length ?? 0))
        },
    ),
  },
  {
    name: 'large-sent',
    what: 'a record that is larger than its topic takes is sent',
    shownBy: ({ setup }) => setup.topics.maxResultBytes !== undefined,
    apply: method(TopicGate, 'check', letting('RECORD_TOO_LARGE', {})),
  },
  {
    name: 'timestamps-sent',
    what: 'timestamps that no topic takes, or that are none, are sent',
    shownBy: ({ setup }) => setup.poison > 0,
    apply: method(TopicGate, 'check', letting('TIMESTAMP_INVALID', { timestamp: 0 })),
  },
  {
    name: 'fails-together',
    what: 'a record that fails takes those with it that are processed in the same run',
    shownBy: ({ setup }) => setup.poison > 0,
    apply: computed(WorkUnit, 'failed', () => false),
  },
  {
    name: 'not-awaited',
    what: 'a forward that the processor does not wait for is not waited for',
    shownBy: ({ setup }) => setup.passMs !== undefined,
    apply: method(WorkUnit, 'rest', () => () => undefined),
  },
  {
    name: 'dead-controller',
    what: 'an idempotent producer asks the controller alone for its id, though it be dead',
    shownBy: ({ setup }) => setup.guarantee === 'at_least_once' && setup.brokers > 1 && setup.calm !== undefined,
    apply: mending(transactionRequestsMend, modules => {
      const path = 'src/producer/eosManager/index.js'
      const create = modules.load(path) as Producing
      modules.replace(path, (options: { readonly transactional: boolean; readonly cluster: never }) =>
        options.transactional
          ? gatherPartitions(create({ ...options, cluster: bySession(options.cluster, sessionOf(options.cluster)) as never }))
          : create(options),
      )
    }),
  },
  {
    name: 'dead-coordinator',
    what: "heartbeats go to the broker that was the group's coordinator, though it be dead",
    shownBy: ({ setup }) => setup.brokers > 1 && setup.calm !== undefined,
    apply: mending(movedCoordinatorMend, () => undefined),
  },
  {
    name: 'asked-once',
    what: 'a coordinator that has moved, loads or is away is not asked again',
    apply: method(
      CoordinatorLookup,
      'ask',
      before =>
        function (request: unknown) {
          return before.call(this, request, -Infinity)
        },
    ),
  },
  {
    name: 'older-batch',
    what: 'a batch that was fetched for an older generation is taken',
    apply: () => {
      const taken = method(
        RecordIntake,
        'addRecords',
        before =>
          function (batch: { readonly topic: string; readonly partition: number }) {
            const last = lastBatches.get(this) ?? new Map<string, object>()
            lastBatches.set(this, last.set(`${batch.topic} ${batch.partition}`, batch))
            return before.call(this, batch)
          },
      )()
      const given = method(
        RecordIntake,
        'assign',
        before =>
          function (queues: unknown) {
            before.call(this, queues)
            for (const batch of lastBatches.get(this)?.values() ?? []) void (this as RecordIntake).addRecords(batch as never)
          },
      )()
      return () => [taken, given].forEach(undo => undo())
    },
  },
  {
    name: 'stops-at-marker',
    what: 'who reads a changelog does not get past the end of a transaction that was aborted',
    apply: method(
      TopicConnection,
      'fetch',
      before =>
        async function (...given: unknown[]) {
          return ((await before.call(this, ...given)) as readonly Fetched[]).map(withoutMarkers)
        },
    ),
  },
  {
    name: 'clock-counts',
    what: 'how long something takes is read from the clock that can be set',
    shownBy: ({ faults }) => faults.some(({ kind }) => kind === 'clock'),
    apply: method(
      SimEnv,
      'monotonic',
      () =>
        function () {
          return (this as SimEnv).now()
        },
    ),
  },
  {
    name: 'not-held-against',
    what: "the group's offsets are not held against what the rows say of the same commits",
    shownBy: ({ faults }) => faults.some(({ kind }) => kind === 'offsets'),
    apply: method(StreamTask, 'settlePositions', () => () => new Map()),
  },
  {
    name: 'deletions-kept',
    what: 'deletions count as kept for ever: rows that lack some are continued',
    shownBy: ({ setup }) => setup.topics.deletes && setup.topics.compactMs > 0 && setup.persistent,
    apply: method(StateManager, 'tombstonesMs', () => () => 1e15),
  },
  {
    name: 'partitions-unseen',
    what: 'partitions that are added to an input are not seen',
    shownBy: ({ setup }) => setup.topics.partitionAtMs !== undefined,
    apply: () => method({ prototype: groupPrototype() }, 'checkForStaleAssignment', () => () => undefined)(),
  },
  {
    name: 'failed-at-rest',
    what: 'a rebalance commits a task that has failed in the middle of its records while it waited for them',
    shownBy: ({ setup, faults }) => setup.persistent && faults.some(({ kind }) => kind === 'unreadable'),
    apply: () => {
      const held = method(
        StreamLoop,
        'hold',
        before =>
          function () {
            return (before.call(this) as Promise<void>).catch(() => undefined)
          },
      )()
      const suspended = method(
        StreamTask,
        'suspend',
        before =>
          function () {
            const task = this as StreamTask
            return task.state === 'failed' ? task.commit() : before.call(this)
          },
      )()
      return () => [held, suspended].forEach(undo => undo())
    },
  },
]

function groupPrototype(): object {
  return (mendedModule('src/consumer/consumerGroup.js') as { readonly prototype: object }).prototype
}
