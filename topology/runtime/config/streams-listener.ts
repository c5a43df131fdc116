import { isolated } from '../../../base/index.ts'
import { kindOf, optional, optionsWithin, type ValueKind } from '../../../base/options/index.ts'
import type { StreamsState, TaskId } from '../../queryable-streams.ts'
import type { KafkaLog } from '../kafka/index.ts'

/** What a running application reports to the program that embeds it. What a function throws changes nothing for the application. */
export interface StreamsListener {
  /** The application's state is another one. */
  onStateChange?(state: StreamsState): void
  /** No broker has answered for this many seconds. */
  onWait?(seconds: number, reason: string): void
  /** A task's store is being restored: called now and then, and once at its end. */
  onRestore?(progress: RestoreProgress): void
  /** Something failed: the stream thread starts again, or (`fatal`) the application gives up. */
  onError?(error: unknown, fatal: boolean): void
  /** A line for the log, the Kafka client's warnings among them. */
  log?: KafkaLog
}

export interface RestoreProgress {
  readonly task: TaskId
  readonly store: string
  readonly records: number
  readonly milliseconds: number
  /** How much of the changelog's tail has been read, from 0 to 1. */
  readonly share: number
  readonly done: boolean
}

type Called = NonNullable<StreamsListener[keyof StreamsListener]>

const callback = kindOf<Called>('function', 'a function', value => typeof value === 'function')

/** The functions that are called, in the order of documents. */
export const listenerOptions = {
  onStateChange: optional(callback, 'called when the state of the application changes'),
  onWait: optional(callback, 'called every few seconds while no broker answers, with the seconds so far'),
  onRestore: optional(callback, "called while a task's store is restored, and at the end"),
  onError: optional(callback, 'called for a failure: the stream thread is restarted or, if the failure is fatal, the application stops'),
  log: optional(callback, "called for each log line, including the Kafka client's warnings"),
} as const satisfies Readonly<Record<keyof StreamsListener, unknown>>

export const listenerKind: ValueKind<StreamsListener> = optionsWithin(
  'StreamsListener',
  listenerOptions,
  `an object of the functions ${Object.keys(listenerOptions).join(', ')}`,
)

/** The listener as the application calls it: an exception or a rejection in it changes nothing for any task. */
export function isolatedListener(listener: StreamsListener): StreamsListener {
  const told = listener as Readonly<Record<string, (...what: readonly unknown[]) => unknown>>
  return Object.fromEntries(
    Object.keys(listenerOptions).flatMap(name => {
      const call = told[name]
      return call === undefined ? [] : [[name, isolated(call.bind(listener))] as const]
    }),
  )
}
