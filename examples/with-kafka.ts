import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startLocalKafka } from '../cli/kafka/index.ts'

/** Calls the program with the Kafka of KAFKA_BROKERS, else with one that it starts on this machine and stops in the end. */
export async function withKafka(program: (brokers: string) => Promise<void>): Promise<void> {
  const given = process.env['KAFKA_BROKERS']
  if (given !== undefined && given !== '') return program(given)
  const dir = await mkdtemp(join(tmpdir(), 'sluice-example-'))
  const stop = new AbortController()
  const interrupt = (): void => stop.abort(new Error('the example was interrupted'))
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    const kafka = await startLocalKafka({ dir, port: await freePort(), heapMb: 512, signal: stop.signal })
    try {
      await Promise.race([program(kafka.brokers), aborted(stop.signal)])
    } finally {
      await kafka.stop()
    }
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    await rm(dir, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Rejects when the signal aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
