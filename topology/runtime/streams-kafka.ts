import { createKafka, type Kafka, type KafkaLog } from './kafka-clients.ts'
import type { StreamsConfig } from './streams-config.ts'

/** An application's Kafka client, its warnings going to the application's log. */
export function streamsKafka({ brokers, ssl, sasl, applicationId, listener }: StreamsConfig): Kafka {
  return createKafka({ brokers, ssl, sasl, clientId: applicationId, log: withoutRoutine(listener.log), logLevel: 'warn' })
}

/**
 * What kafkajs warns of in the normal course of things: every rebalance, retries that we limit on purpose, and a dead member that somebody
 * else has removed already.
 */
const routine =
  /group is rebalancing|Limiting retries for the idempotent producer|another concurrent operation on the same transaction|Response LeaveGroup/

function withoutRoutine(log: KafkaLog | undefined): KafkaLog | undefined {
  return (
    log &&
    ((level, message, fields) => void (routine.test(message) || routine.test(String(fields['error'])) || log(level, message, fields)))
  )
}
