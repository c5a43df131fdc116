import { env } from '../../../base/index.ts'
import { createKafka, type Kafka, type KafkaLog, type KafkaSettings } from './kafka-client.ts'

/** The part of an application's configuration that its Kafka client needs. */
interface ApplicationKafka extends Pick<KafkaSettings, 'brokers' | 'ssl' | 'sasl'> {
  readonly applicationId: string
  readonly listener: { readonly log?: KafkaLog | undefined }
}

/** Creates an application's Kafka client, whose warnings are written to the application's log. */
export function streamsKafka({ brokers, ssl, sasl, applicationId, listener }: ApplicationKafka): Kafka {
  return createKafka({ brokers, ssl, sasl, clientId: applicationId, log: withoutRoutine(listener.log), logLevel: 'warn' })
}

/**
 * Warnings of kafkajs in normal operation: every rebalance, retries that we limit on purpose, and a dead member that another instance has already
 * removed.
 */
const routine =
  /group is rebalancing|Limiting retries for the idempotent producer|another concurrent operation on the same transaction|Response LeaveGroup/

/** A line with the same text as one of the last 5 s is counted instead of written: an outage repeats its lines several times per second. */
const quietMs = 5000

/** Drops routine lines, limits repeated ones to one per 5 s with their count, and removes the stack traces that kafkajs adds to lost connections. */
export function withoutRoutine(log: KafkaLog | undefined, now: () => number = () => env.monotonic()): KafkaLog | undefined {
  if (log === undefined) return undefined
  const said = new Map<string, { at: number; repeats: number }>()
  return (level, message, { stack: _stack, ...fields }) => {
    if (routine.test(message) || routine.test(String(fields['error']))) return
    const what = `${level} ${message}`
    const last = said.get(what)
    if (last !== undefined && now() - last.at < quietMs) {
      last.repeats++
      return
    }
    if (said.size > 1000) said.clear()
    said.set(what, { at: now(), repeats: 0 })
    log(level, message, last === undefined || last.repeats === 0 ? fields : { ...fields, repeats: last.repeats })
  }
}
