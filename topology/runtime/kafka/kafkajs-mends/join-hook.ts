import type { Assigner, Cluster } from 'kafkajs'
import { env, messageOf, pause } from '../../../../base/index.ts'
import { hasMoved, isDisconnection } from './ask-again.ts'
import type { Mend } from './mend.ts'

/** kafkajs' view of one member's group, as far as hooks use it. */
export interface ConsumerGroup {
  readonly cluster: Cluster
  readonly groupId: string
  /** The coordinator's name for this member; null before the first join and after it was forgotten. */
  memberId: string | null
  generationId: number | null
  /** The broker that it joined at last. */
  readonly coordinator?: object | null
  readonly assigners: readonly (Assigner & JoinHooks)[]
  /** Positions and committed offsets of the assignment. */
  readonly offsetManager: {
    /** Fetches the committed offsets of partitions whose position is not known yet; the topic's head or end where there is none. */
    resolveOffsets(): Promise<void>
    nextOffset(topic: string, partition: number): { toString(): string }
  }
  isLeader(): boolean | null
  assigned(): readonly { readonly topic: string; readonly partitions: readonly number[] }[]
  /** Sends a heartbeat when `interval` ms have passed since the last. */
  heartbeat(options: { readonly interval: number }): Promise<void>
  pause(topicPartitions: readonly { readonly topic: string; readonly partitions?: readonly number[] }[]): void
  resume(topicPartitions: readonly { readonly topic: string; readonly partitions?: readonly number[] }[]): void
  seek(position: { readonly topic: string; readonly partition: number; readonly offset: string }): void
}

/** What a join brought. */
export interface JoinedGroup {
  readonly memberId: string
  readonly generationId: number
  readonly isLeader: boolean
  /** The partitions of this member, by topic. */
  readonly assignment: Readonly<Record<string, readonly number[]>>
  /** The whole assignment as the leader encoded it: kafkajs keeps the partitions alone. */
  readonly encoded: Buffer
  readonly group: ConsumerGroup
}

/**
 * Methods that an object made by a `partitionAssigners` factory may have beside kafkajs' own. Joins of one consumer never overlap,
 * and nothing is fetched between `onPartitionsRevoked` and the end of `onPartitionsAssigned`; what was being fetched when a join began is dropped.
 * An error that a hook throws crashes the consumer: its `consumer.crash` event has it as `error.cause`.
 */
export interface JoinHooks {
  /** Awaited once before each join or rejoin, however often kafkajs tries it: the old assignment still counts with the coordinator. */
  onPartitionsRevoked?(group: ConsumerGroup): Promise<void>
  /**
   * Awaited once after the assignment is known. No heartbeat is sent meanwhile: what may take long calls `group.heartbeat`. 'again': the assignment is out of
   * date, and the member is to join once more, without a fetch before.
   */
  onPartitionsAssigned?(membership: JoinedGroup): Promise<'again' | void>
}

/** Groups that were told that a topic is not there: when it is again it may be another one, and what is known of its offsets nothing worth. */
const doubting = new WeakSet<ConsumerGroup>()

interface Methods {
  joinAndSync: (this: ConsumerGroup) => Promise<void>
  fetch: (this: ConsumerGroup, nodeId: number) => Promise<readonly unknown[]>
}

/** kafkajs' errors take the message from what they are given. */
type WrapError = new (error: string, options: { cause: unknown }) => Error

/** The join that runs, by group; never rejects. */
const joins = new WeakMap<ConsumerGroup, Promise<void>>()

/** What a coordinator answered last to a member's sync. Each consumer has brokers of its own, and so one member each. */
const assignments = new WeakMap<object, Buffer>()

interface BrokerMethods {
  syncGroup: (this: object, request: object) => Promise<{ readonly memberAssignment: Buffer }>
}

/** Keeps what kafkajs' Broker class is answered to a sync. */
export function keepAssignments(prototype: BrokerMethods): void {
  const { syncGroup } = prototype
  prototype.syncGroup = async function (request) {
    const answer = await syncGroup.call(this, request)
    assignments.set(this, answer.memberAssignment)
    return answer
  }
}

/** Puts the hooks around the methods of kafkajs' ConsumerGroup class. */
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
        await joinWhereItIs(() => joinAndSync.call(this))
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
    // kafkajs means to join then, but goes on fetching where it stood when it could not have the topic's metadata meanwhile.
    if (doubting.delete(this)) await doubtAfter(this, prototype.joinAndSync.call(this), () => true)
    const { generationId } = this
    const batches = await doubtAfter(this, fetch.call(this, nodeId), ofUnknownTopic)
    return joins.has(this) || this.generationId !== generationId ? [] : batches
  }
}

/** How long a group's coordinator may be away, load or move before a join fails, ms. */
const movePatienceMs = 30_000
const movePauseMs = 50

/** Joins again, which looks the coordinator up anew, while the one that was asked is loading, cannot be reached, or is the coordinator no longer. */
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
 * kafkajs emits REBALANCING and GROUP_JOIN without waiting for their listeners, and REBALANCING not before every rejoin: nothing can be
 * committed or given up for certain before the coordinator hands the partitions on. And a join ends the consumer when the coordinator is loading, or has moved.
 */
export const joinHookMend: Mend = {
  defect: 'no place to wait before and after a join, and no sight of all that it brought',
  apply(modules) {
    const { KafkaJSNonRetriableError } = modules.load('src/errors.js') as { KafkaJSNonRetriableError: WrapError }
    const group = modules.load('src/consumer/consumerGroup.js') as { prototype: Methods }
    const broker = modules.load('src/broker/index.js') as { prototype: BrokerMethods }
    hookJoins(group.prototype, KafkaJSNonRetriableError)
    keepAssignments(broker.prototype)
  },
}
