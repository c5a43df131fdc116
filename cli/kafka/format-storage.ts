import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SluiceError } from '../../base/index.ts'
import type { KafkaDistribution } from './kafka-distribution.ts'
import { runCommand, tailOf } from './run-command.ts'
import { type BrokerSettings, dataDirectory, serverProperties } from './server-properties.ts'

export interface FormatOptions {
  readonly kafka: KafkaDistribution
  readonly broker: BrokerSettings
  /** Further arguments of the format command, such as `--add-scram` and its value. */
  readonly formatArgs: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly flags: readonly string[]
  readonly signal: AbortSignal | undefined
}

/**
 * Creates and formats the broker's data directory unless it exists. It is formatted under another name and then renamed, so that
 * an interrupted format is repeated. Existing data is kept. Throws BROKER_FAILED.
 */
export async function formatStorage(options: FormatOptions): Promise<void> {
  const { dir } = options.broker
  const data = dataDirectory(dir)
  if (existsSync(join(data, 'meta.properties'))) return
  if (existsSync(data)) throw new SluiceError('BROKER_FAILED', `${data} is not a Kafka broker's data: choose another directory`)
  const unfinished = join(dir, 'unformatted')
  const properties = join(dir, 'format.properties')
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished)
  await writeFile(properties, serverProperties(options.broker, unfinished))
  await runFormat(options, properties)
  await rename(unfinished, data)
  await rm(properties)
}

async function runFormat({ kafka, broker, formatArgs, env, flags, signal }: FormatOptions, properties: string): Promise<void> {
  const alone = broker.quorum === undefined ? ['--standalone'] : []
  const command = kafka.command({
    dir: broker.dir,
    flags: [...flags, '-XX:TieredStopAtLevel=1', '-Xmx128m'],
    mainClass: 'kafka.tools.StorageTool',
    args: ['format', ...alone, '-t', broker.quorum?.clusterId ?? newClusterId(), '-c', properties, ...formatArgs],
  })
  const { code, output } = await runCommand(command, { env, signal })
  signal?.throwIfAborted()
  if (code !== 0) throw new SluiceError('BROKER_FAILED', `Kafka ${kafka.version} could not format ${broker.dir}:\n${tailOf(output)}`)
}

/** A Kafka Uuid: 16 random bytes in base64url. Kafka refuses a leading `-`, which looks like an option. */
export function newClusterId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url')
    if (!id.startsWith('-')) return id
  }
}
