import type { TaskId } from '../../queryable-streams.ts'
import type { StreamsConfig } from '../config/index.ts'
import type { RecordQueue } from './record-queue.ts'

/** A shorter wait, such as for one answer, is not told. */
const toldAfterMs = 1000
const toldEveryMs = 60_000

/**
 * Tells of inputs of a task whose next record cannot be deserialized yet, in the log: when that has lasted a second, each minute, and when it is over.
 * Records of the task's other inputs go on up to the timestamp of the one that waits.
 */
export class InputWaits {
  readonly #task: TaskId
  readonly #log: StreamsConfig['listener']['log']
  /** When each waiting input was last told of. */
  readonly #told = new Map<RecordQueue, { readonly at: number; readonly since: number }>()

  constructor({ id, config }: { readonly id: TaskId; readonly config: StreamsConfig }) {
    this.#task = id
    this.#log = config.listener.log
  }

  /** To be called after records were taken. `now`: by `env.monotonic()`. */
  look(queues: readonly RecordQueue[], now: number): void {
    for (const queue of queues) {
      if (queue.pending === undefined) continue
      const { waiting, topic, partition } = queue
      const told = this.#told.get(queue)
      if (waiting === undefined) {
        if (told === undefined) continue
        this.#told.delete(queue)
        this.#say('info', 'an input that waited goes on', { topic, partition, seconds: seconds(told.since, now) })
      } else if (now - waiting.since >= toldAfterMs && (told === undefined || now - told.at >= toldEveryMs)) {
        this.#told.set(queue, { at: now, since: waiting.since })
        this.#say('warn', 'an input waits: its next record cannot be decoded yet', {
          topic,
          partition,
          seconds: seconds(waiting.since, now),
          why: waiting.why,
        })
      }
    }
  }

  #say(level: 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#log?.(level, message, { task: this.#task, ...fields })
  }
}

function seconds(since: number, now: number): number {
  return Math.round((now - since) / 1000)
}
