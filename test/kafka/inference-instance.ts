import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KafkaFixture } from './fixture.ts'
import { ServeProcess } from './serve-process.ts'

/** An instance of the serving application with its own topics, and a directory that is removed afterwards. */
export interface InferenceInstance {
  readonly fixture: KafkaFixture
  readonly directory: string
  /** Starts another instance of the group. */
  readonly start: (name: string) => ServeProcess
}

/** Cleans up at the end, whatever happened. */
export async function withInferenceInstance(brokers: string, use: (instance: InferenceInstance) => Promise<void>): Promise<void> {
  const fixture = new KafkaFixture(brokers)
  const directory = await mkdtemp(join(tmpdir(), 'sluice-inference-'))
  const started: ServeProcess[] = []
  const start = (name: string): ServeProcess => {
    const instance = new ServeProcess(['--state-dir', join(directory, name), '--port', '0', '--session-timeout-ms', '10000'], {
      KAFKA_BROKERS: fixture.brokers.join(','),
      SLUICE_APPLICATION_ID: fixture.id,
      SLUICE_DATA_TOPIC: fixture.topic('data'),
      SLUICE_MODELS_TOPIC: fixture.topic('models'),
      SLUICE_RESULTS_TOPIC: fixture.topic('results'),
      SLUICE_LOG_LEVEL: 'info',
      SLUICE_TRITON_METRICS: 'true',
      SLUICE_ALLOWED_HOSTS: 'sluice.example',
    })
    started.push(instance)
    return instance
  }
  try {
    await fixture.createTopics({ models: { compact: true }, data: {}, results: {} })
    await use({ fixture, directory, start })
  } finally {
    await Promise.all(started.map(instance => instance.kill('SIGKILL')))
    await fixture.close()
    await rm(directory, { recursive: true })
  }
}
