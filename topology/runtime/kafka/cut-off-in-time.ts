import { env } from '../../../base/index.ts'
import { cutOff, type Kafka, type KafkaLog } from './kafka-client.ts'

interface StopLimit {
  readonly stopTimeoutMs: number
  readonly listener: { readonly log?: KafkaLog | undefined }
}

/**
 * To be called when a stop begins: once it has taken `stopTimeoutMs`, the client is cut off from the brokers, so that whatever waits for them fails as in an
 * outage that does not pass. Then also what others ask by the client after a stop that was in time. Returns what is to be called when the stop has ended.
 */
export function cutOffInTime(kafka: Kafka, { stopTimeoutMs, listener }: StopLimit): () => void {
  let ended = false
  const timer = env.timer(stopTimeoutMs, () => {
    if (!ended)
      listener.log?.(
        'warn',
        'no broker answered the last requests of a stop in time: what is not committed is processed again by the next owner',
        {
          stopTimeoutMs,
        },
      )
    cutOff(kafka)
  })
  timer.unref()
  return () => void (ended = true)
}
