import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SluiceError } from '../../proto/sluice-error.ts'
import type { KafkaDistribution } from './kafka-distribution.ts'
import { runCommand, tailOf } from './run-command.ts'
import { type BrokerAddress, dataDirectory, serverProperties } from './server-properties.ts'

export interface FormatOptions {
  readonly kafka: KafkaDistribution
  readonly address: BrokerAddress
  readonly env: NodeJS.ProcessEnv
  readonly flags: readonly string[]
  readonly signal: AbortSignal | undefined
}

/**
 * Makes the broker's data directory, once. It is formatted under another name and renamed when whole, so that a format that
 * was cut short is done again; data that is there is kept.
 */
export async function formatStorage(options: FormatOptions): Promise<void> {
  const { dir } = options.address
  const data = dataDirectory(dir)
  if (existsSync(join(data, 'meta.properties'))) return
  if (existsSync(data)) throw new SluiceError('BROKER_FAILED', `${data} is not a Kafka broker's data: choose another directory`)
  const unfinished = join(dir, 'unformatted')
  const properties = join(dir, 'format.properties')
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished)
  await writeFile(properties, serverProperties(options.address, unfinished))
  await runFormat(options, properties)
  await rename(unfinished, data)
  await rm(properties)
}

async function runFormat({ kafka, address, env, flags, signal }: FormatOptions, properties: string): Promise<void> {
  const command = kafka.command({
    dir: address.dir,
    flags: [...flags, '-XX:TieredStopAtLevel=1', '-Xmx128m'],
    mainClass: 'kafka.tools.StorageTool',
    args: ['format', '--standalone', '-t', clusterId(), '-c', properties],
  })
  const { code, output } = await runCommand(command, { env, signal })
  signal?.throwIfAborted()
  if (code !== 0) throw new SluiceError('BROKER_FAILED', `Kafka ${kafka.version} could not format ${address.dir}:\n${tailOf(output)}`)
}

/** Kafka's Uuid as text: 16 bytes in base64url, of which it refuses those that look like an option. */
function clusterId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url')
    if (!id.startsWith('-')) return id
  }
}
