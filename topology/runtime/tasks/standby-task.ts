import { type ErrorCode, messageOf, pause, SluiceError } from '../../../base/index.ts'
import type { ManagedStore } from '../../../stores/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { SubTopology } from '../../topology-definition.ts'
import { type ChangelogEndOffsets, followChangelog, type StateManager } from '../state/index.ts'
import type { KafkaLog } from '../kafka/index.ts'
import { ChangelogLost, changelogTopic, type TopicConnection } from '../topics/index.ts'

/** Pause after a failure before the next attempt, ms. */
const retryMs = 1000

export interface StandbyTaskParts {
  readonly id: TaskId
  readonly applicationId: string
  readonly sub: SubTopology
  readonly partition: number
  readonly connection: TopicConnection
  readonly ends: ChangelogEndOffsets
  openState(): Promise<StateManager>
  readonly log: KafkaLog | undefined
  /** Called when following failed, before the next attempt. */
  onRetry(error: unknown): void
}

interface Logged {
  readonly store: string
  readonly topic: string
}

/**
 * Follows the changelogs of a task that runs elsewhere, so that this instance can take it over without a restore. It reads committed records only,
 * and writes only to the task's own stores. Failures are logged and retried; they do not affect the tasks that run.
 *
 *     start ─▶ opening ─▶ following ─▶ handOver (the stores stay open) or close
 *                 ▲──── failure ┘
 */
export class StandbyTask {
  readonly id: TaskId
  readonly partition: number
  readonly #parts: StandbyTaskParts
  readonly #logged: readonly Logged[]
  readonly #stopping = new AbortController()
  #state: StateManager | undefined
  #following: Promise<void> | undefined

  constructor(parts: StandbyTaskParts) {
    this.#parts = parts
    this.id = parts.id
    this.partition = parts.partition
    this.#logged = parts.sub.stores
      .filter(({ builder }) => builder.logged)
      .map(({ builder: { name } }) => ({ store: name, topic: changelogTopic(parts.applicationId, name) }))
  }

  /** The open stores; undefined while they are not open. */
  get stateManager(): StateManager | undefined {
    return this.#state
  }

  /**
   * The number of offsets that the stores are behind their changelogs' ends of about a second ago; undefined while an end is unknown or a
   * store is closed.
   */
  get lag(): number | undefined {
    let lag = 0
    for (const { store, topic } of this.#logged) {
      const end = this.#parts.ends.endOf(topic, this.partition)
      const managed = this.#state?.stores.get(store)
      if (end === undefined || managed === undefined) return undefined
      lag += Math.max(0, end - (managed.checkpoint?.changelogOffset ?? 0))
    }
    return lag
  }

  /** Starts following. To be called once. */
  start(): void {
    for (const { topic } of this.#logged) this.#parts.ends.watch(topic, this.partition)
    this.#following = this.#run()
  }

  /** Stops following and returns the stores, still open; undefined if they are not open. */
  async handOver(): Promise<StateManager | undefined> {
    await this.#stop()
    const state = this.#state
    this.#state = undefined
    return state
  }

  /** Stops following and closes the stores. */
  async close(): Promise<void> {
    const state = await this.handOver()
    await state?.close()
  }

  async #stop(): Promise<void> {
    this.#stopping.abort()
    await this.#following
    for (const { topic } of this.#logged) this.#parts.ends.unwatch(topic, this.partition)
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        this.#state ??= await this.#parts.openState()
        await this.#followAll(this.#state, signal)
      } catch (error) {
        this.#parts.onRetry(error)
        this.#parts.log?.('warn', 'a standby task failed to follow its changelogs: it tries again', {
          task: this.id,
          error: messageOf(error),
        })
        // A failure of the broker leaves the stores open; after any other failure they are closed and, when opened again, checked.
        if (!(error instanceof SluiceError && ofBroker.has(error.code))) await this.#drop()
        await pause(retryMs, signal)
      }
    }
  }

  async #drop(): Promise<void> {
    const state = this.#state
    this.#state = undefined
    await state?.close().catch(() => undefined)
  }

  /** Follows all changelogs until the signal aborts. If one fails, the others stop too; then the first failure is thrown. */
  async #followAll(state: StateManager, signal: AbortSignal): Promise<void> {
    const failing = new AbortController()
    const either = AbortSignal.any([signal, failing.signal])
    const results = await Promise.allSettled(
      this.#logged.map(async ({ store, topic }) => {
        try {
          await this.#follow(state, { store, topic }, either)
        } catch (error) {
          failing.abort()
          throw error
        }
      }),
    )
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async #follow(state: StateManager, { store, topic }: Logged, signal: AbortSignal): Promise<void> {
    const followed = { topic, partition: this.partition, tombstonesMs: state.tombstonesMs(topic), signal }
    try {
      // `followChangelog` has already written each batch that it yields.
      for await (const _ of followChangelog(this.#parts.connection, state.stores.get(store) as ManagedStore, followed));
    } catch (error) {
      if (error instanceof ChangelogLost) await state.wipe(store, error)
      throw error
    }
  }
}

/** Failures after which the stores stay open and valid. */
const ofBroker: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'BROKER_UNREACHABLE',
  'BROKER_FAILED',
  'TOPIC_MISSING',
  'OFFSET_OUT_OF_RANGE',
  'BATCH_UNREADABLE',
])
