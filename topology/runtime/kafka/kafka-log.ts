import { createKafka, type Kafka, type KafkaLog, type KafkaSettings } from './kafka-client.ts'

/** What an application's configuration says of its Kafka client. */
interface ApplicationKafka extends Pick<KafkaSettings, 'brokers' | 'ssl' | 'sasl'> {
  readonly applicationId: string
  readonly listener: { readonly log?: KafkaLog | undefined }
}

/** An application's Kafka client, its warnings going to the application's log. */
export function streamsKafka({ brokers, ssl, sasl, applicationId, listener }: ApplicationKafka): Kafka {
  return createKafka({ brokers, ssl, sasl, clientId: applicationId, log: withoutRoutine(listener.log), logLevel: 'warn' })
}

/**
 * What kafkajs warns of in the normal course of things: every rebalance, retries that we limit on purpose, and a dead member that somebody
 * else has removed already.
 */
const routine =
  /group is rebalancing|Limiting retries for the idempotent producer|another concurrent operation on the same transaction|Response LeaveGroup/

/** A line that says the same as one of the last few seconds is counted instead of written: an outage repeats itself several times a second. */
const quietMs = 5000

/** Leaves routine out, says a thing once in a while, and in one line: kafkajs adds the stack of every lost connection. */
export function withoutRoutine(log: KafkaLog | undefined, now: () => number = Date.now): KafkaLog | undefined {
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
