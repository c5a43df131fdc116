import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { KafkaFixture } from './fixture.ts'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface ProviderProcess {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

/** Starts a command on topics with the prefix of the fixture; `name`: the data topic. Records are JSON with the field `amount`. */
export function startProvider(fixture: KafkaFixture, name: string, ...args: string[]): ProviderProcess {
  const env = {
    ...process.env,
    KAFKA_BROKERS: fixture.brokers.join(','),
    SLUICE_DATA_TOPIC: fixture.topic(name),
    SLUICE_MODELS_TOPIC: fixture.topic('models'),
    SLUICE_DATA_FORMAT: 'json',
    SLUICE_DATA_FEATURES: 'amount',
  }
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...args], { env, stdio: 'pipe' })
  const written = { stdout: '', stderr: '' }
  child.stdout.on('data', chunk => (written.stdout += String(chunk)))
  child.stderr.on('data', chunk => (written.stderr += String(chunk)))
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, ...written })) }
}

/** The lines of standard output, which are JSON. */
export function linesOf({ stdout }: Ended): Record<string, unknown>[] {
  return stdout.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]))
}
