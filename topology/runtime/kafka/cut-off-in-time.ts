import { env } from '../../../base/index.ts'
import { cutOff, type Kafka, type KafkaLog } from './kafka-client.ts'

interface StopLimit {
  readonly stopTimeoutMs: number
  readonly listener: { readonly log?: KafkaLog | undefined }
}

/**
 * To be called when a stop begins: once it has taken `stopTimeoutMs`, the client is cut off from the brokers, so that whatever waits for them fails as in an
 * outage that does not pass; after a stop that was in time, what others still ask by the client does too. Returns what is to be called when the stop has ended.
 */
export function cutOffInTime(kafka: Kafka, { stopTimeoutMs, listener }: StopLimit): () => void {
  let ended = false
  const timer = env.timer(stopTimeoutMs, () => {
    if (!ended)
      listener.log?.(
        'warn',
        'a stop takes long, and goes on without the brokers: what is not committed is processed again by the next owner',
        {
          stopTimeoutMs,
        },
      )
    cutOff(kafka)
  })
  timer.unref()
  return () => void (ended = true)
}
