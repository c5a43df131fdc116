import type { Assigner, Cluster } from 'kafkajs'
import { env, messageOf, pause, SluiceError } from '../../../../base/index.ts'
import { hasMoved, isDisconnection } from './ask-again.ts'
import type { Mend } from './mend.ts'

/** The part of kafkajs' ConsumerGroup (one member of a group) that hooks use. */
export interface ConsumerGroup {
  readonly cluster: Cluster
  readonly groupId: string
  /** The member id that the coordinator assigned; null before the first join, and after the coordinator has removed the member. */
  memberId: string | null
  generationId: number | null
  /** The broker at which the member joined last. */
  readonly coordinator?: object | null
  readonly assigners: readonly (Assigner & JoinHooks)[]
  /** The positions of `seek` from which nothing has been fetched yet. */
  readonly seekOffset: { clear(): void }
  /** The positions and committed offsets of the assigned partitions. */
  readonly offsetManager: {
    /** Sets unknown positions to the committed offsets, or to the beginning or end of the partition if it has none. */
    resolveOffsets(): Promise<void>
    nextOffset(topic: string, partition: number): { toString(): string }
    /** By topic and partition: what `resolveOffsets` takes for committed, and does not ask for. */
    committedOffsets(): Record<string, Record<number, string>>
  }
  isLeader(): boolean | null
  assigned(): readonly { readonly topic: string; readonly partitions: readonly number[] }[]
  /** Sends a heartbeat if `interval` ms have passed since the last. */
  heartbeat(options: { readonly interval: number }): Promise<void>
  pause(topicPartitions: readonly { readonly topic: string; readonly partitions?: readonly number[] }[]): void
  resume(topicPartitions: readonly { readonly topic: string; readonly partitions?: readonly number[] }[]): void
  seek(position: { readonly topic: string; readonly partition: number; readonly offset: string }): void
}

/** The result of a join. */
export interface JoinedGroup {
  readonly memberId: string
  readonly generationId: number
  readonly isLeader: boolean
  /** The partitions of this member, by topic. */
  readonly assignment: Readonly<Record<string, readonly number[]>>
  /** The whole assignment as the leader encoded it; kafkajs keeps only the partitions. */
  readonly encoded: Buffer
  readonly group: ConsumerGroup
}

/**
 * Methods that an object made by a `partitionAssigners` factory may have besides kafkajs' own. Joins of one consumer never overlap. Nothing is
 * fetched between `onPartitionsRevoked` and the end of `onPartitionsAssigned`, and fetches that were in progress when the join began are dropped. An
 * error that a hook throws crashes the consumer; its `consumer.crash` event has it as `error.cause`.
 */
export interface JoinHooks {
  /** Awaited once before each join or rejoin, also if kafkajs tries it several times. The old assignment is still valid at the coordinator. */
  onPartitionsRevoked?(group: ConsumerGroup): Promise<void>
  /**
   * Awaited once after the assignment is known. No heartbeats are sent in the meantime: a long hook has to call `group.heartbeat`. 'again': the
   * assignment is out of date, and the member joins once more before it fetches.
   */
  onPartitionsAssigned?(membership: JoinedGroup): Promise<'again' | void>
}

/**
 * Groups whose fetch failed because a topic is missing. The topic may be created again, and the known offsets are then wrong, so the group has to
 * join again.
 */
const doubting = new WeakSet<ConsumerGroup>()

interface Methods {
  joinAndSync: (this: ConsumerGroup) => Promise<void>
  fetch: (this: ConsumerGroup, nodeId: number) => Promise<readonly unknown[]>
}

/** kafkajs' error classes, which take a message or an error. */
type WrapError = new (error: string, options: { cause: unknown }) => Error

/** The join in progress by group; it never rejects. */
const joins = new WeakMap<ConsumerGroup, Promise<void>>()
/** Groups that have joined once. */
const assigned = new WeakSet<ConsumerGroup>()

/** By broker: the assignment in the last answer to a sync. Each consumer has its own broker objects, so a broker has one member. */
const assignments = new WeakMap<object, Buffer>()

type AssignerProtocol = typeof import('kafkajs').AssignerProtocol

interface BrokerMethods {
  syncGroup: (this: object, request: { readonly groupId: string }) => Promise<{ readonly memberAssignment: Buffer }>
}

/** Why a member cannot read what the leader gave it. */
export function unreadableAssignment(groupId: string, error: unknown): SluiceError {
  return new SluiceError(
    'CONFIG_INVALID',
    `the leader of consumer group "${groupId}" has sent this member an assignment that cannot be read (${messageOf(error)}): another program is in the group, or its leader is broken. \
Use a consumer group (applicationId) that no other program uses`,
    { cause: error },
  )
}

/** Wraps kafkajs' Broker class: keeps the assignment in the answer to a sync. One that kafkajs cannot decode ends the consumer. */
export function keepAssignments(prototype: BrokerMethods, Crash: WrapError, decode: (assignment: Buffer) => unknown): void {
  const { syncGroup } = prototype
  prototype.syncGroup = async function (request) {
    const answer = await syncGroup.call(this, request)
    assignments.set(this, answer.memberAssignment)
    try {
      decode(answer.memberAssignment)
    } catch (error) {
      const cause = unreadableAssignment(request.groupId, error)
      throw new Crash(cause.message, { cause })
    }
    return answer
  }
}

/** Wraps the methods of kafkajs' ConsumerGroup class with the hooks. */
export function hookJoins(prototype: Methods, Crash: WrapError): void {
  const { joinAndSync, fetch } = prototype
  const run = async <T>(hook: () => Promise<T> | undefined): Promise<T | undefined> => {
    try {
      return await hook()
    } catch (error) {
      throw new Crash(messageOf(error), { cause: error })
    }
  }
  prototype.joinAndSync = async function () {
    const before = joins.get(this)
    const join = (before ?? Promise.resolve()).then(async () => {
      for (let again = true; again;) {
        for (const assigner of this.assigners) await run(() => assigner.onPartitionsRevoked?.(this))
        const former = assigned.has(this)
        await joinWhereItIs(() => joinAndSync.call(this))
        // Those that were set before the first join are meant for what it assigns: so kafkajs' admin sets offsets.
        if (former) this.seekOffset.clear()
        assigned.add(this)
        again = false
        for (const assigner of this.assigners)
          if ((await run(() => assigner.onPartitionsAssigned?.(joinedGroupOf(this)))) === 'again') again = true
      }
    })
    const settled = join.catch(() => undefined)
    joins.set(this, settled)
    await join.finally(() => {
      if (joins.get(this) === settled) joins.delete(this)
    })
  }
  prototype.fetch = async function (nodeId) {
    await joins.get(this)
    // kafkajs should join again then, but continues to fetch from the old positions if the topic's metadata was not available in the meantime.
    if (doubting.delete(this)) await doubtAfter(this, prototype.joinAndSync.call(this), () => true)
    const { generationId } = this
    const batches = await doubtAfter(this, fetch.call(this, nodeId), ofUnknownTopic)
    return joins.has(this) || this.generationId !== generationId ? [] : batches
  }
}

/** How long a group's coordinator may be unavailable, loading or moving before a join fails, ms. */
const movePatienceMs = 30_000
const movePauseMs = 50

/** Repeats the join, which looks the coordinator up again, while the broker is loading the group or is not its coordinator any more. */
async function joinWhereItIs(join: () => Promise<void>): Promise<void> {
  for (const started = env.monotonic(); ; await pause(movePauseMs)) {
    try {
      await join()
      return
    } catch (error) {
      if ((!hasMoved(error) && !isDisconnection(error)) || env.monotonic() - started >= movePatienceMs) throw error
    }
  }
}

async function doubtAfter<T>(group: ConsumerGroup, work: Promise<T>, failure: (error: unknown) => boolean): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (failure(error)) doubting.add(group)
    throw error
  }
}

function ofUnknownTopic(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('type' in cause && cause.type === 'UNKNOWN_TOPIC_OR_PARTITION') return true
    if (cause.cause === cause) return false
  }
  return false
}

function joinedGroupOf(group: ConsumerGroup): JoinedGroup {
  return {
    memberId: group.memberId ?? '',
    generationId: group.generationId ?? -1,
    isLeader: group.isLeader() === true,
    assignment: Object.fromEntries(group.assigned().map(({ topic, partitions }) => [topic, partitions])),
    encoded: assignments.get(group.coordinator ?? group) ?? Buffer.alloc(0),
    group,
  }
}

/**
 * kafkajs emits REBALANCING and GROUP_JOIN without waiting for their listeners, and does not emit REBALANCING before every rejoin. So a member cannot
 * reliably commit or release anything before the coordinator gives its partitions to others. A join also ends the consumer if the coordinator is
 * loading or has moved. And where a position was set and the member joins again before it fetches, it fetches from there after that join, whatever
 * has been committed: records up to it are lost.
 */
export const joinHookMend: Mend = {
  defect: 'no hook before and after a join, no access to its whole result, and positions that outlive an assignment',
  apply(modules) {
    const { KafkaJSNonRetriableError } = modules.load('src/errors.js') as { KafkaJSNonRetriableError: WrapError }
    const group = modules.load('src/consumer/consumerGroup.js') as { prototype: Methods }
    const broker = modules.load('src/broker/index.js') as { prototype: BrokerMethods }
    hookJoins(group.prototype, KafkaJSNonRetriableError)
    const { MemberAssignment } = modules.load('src/consumer/assignerProtocol.js') as Pick<AssignerProtocol, 'MemberAssignment'>
    keepAssignments(broker.prototype, KafkaJSNonRetriableError, assignment => MemberAssignment.decode(assignment))
  },
}
