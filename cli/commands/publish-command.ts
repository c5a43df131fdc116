import { Command, Option } from 'commander'
import type { ModelRecord } from '../../serving/index.ts'
import { addClientOptions, type ClientFlags, positiveInteger, someText } from './command-options.ts'
import type { WriterRecord } from '../../topology/runtime/topics/index.ts'
import type { Client } from './client.ts'

const types = { onnx: 'ONNX', pmml: 'PMML', tensorflow: 'TENSORFLOW', tensorflowsaved: 'TENSORFLOWSAVED', service: 'SERVICE' } as const

/** Options that describe a model. */
export interface ModelFlags {
  readonly dataType: string
  readonly name?: string
  readonly type?: keyof typeof types
  readonly description?: string
  readonly output?: string
  readonly byLocation?: boolean
}

type PublishFlags = ClientFlags & ModelFlags & { readonly partitions?: number }

/** `sluice publish`: sends a model record for a data type. */
export function publishCommand(): Command {
  const command = new Command('publish')
    .description('send a model to the models topic; instances then score records of the data type with it')
    .argument(
      '<model>',
      'a model file or directory, a file: URI, the URL that instances download the model from, or its URL on a model server',
    )
    .addOption(new Option('--data-type <type>', 'data type of the records that the model scores').argParser(someText).makeOptionMandatory())
    .option('--name <text>', "the model's name (default: the file's name)")
    .addOption(new Option('--type <type>', 'format of the model (default: detected from the content)').choices(Object.keys(types)))
    .option('--description <text>', 'description of the model')
    .option('--output <name>', "the output that holds the score, for a model with several (default: the model's first)")
    .option(
      '--by-location',
      'send the location of the file instead of its bytes; instances read it there, and it must be below one of their modelRoots',
    )
    .addOption(
      new Option(
        '--partitions <n>',
        'number of partitions if the topic has to be created (default: that of the data topic, else 4)',
      ).argParser(positiveInteger),
    )
    .addHelpText('after', help)
    .action(publish)
  return addClientOptions(command, ['modelsTopic', 'dataTopic'])
}

const help = `
Examples:
  $ sluice publish wine-linear.onnx --data-type wine
  $ sluice publish wine-mlp.onnx --data-type wine --name second --description "a small network"
  $ sluice publish saved_model/ --data-type wine
  $ sluice publish large.onnx --data-type wine --by-location
  $ sluice publish https://models.example/wine.onnx --data-type wine
  $ sluice publish http://triton.example:8000/v2/models/wine --data-type wine --type service

A model that is too large for one record is sent in pieces, up to 64 MB in total; a larger model has to be sent with --by-location. Instances
only read locations below their modelRoots and URLs on their modelHosts.

Prints the topic, partition and offset of the model record, and the SHA-256 that identifies the model in results.
`

async function publish(model: string, flags: PublishFlags): Promise<void> {
  const { processSources, resolveClientConfig } = await import('../config/config.ts')
  const config = resolveClientConfig(processSources(flags))
  const record = await modelRecord(model, flags)
  const { writeTogether } = await import('../../topology/runtime/topics/input-topic.ts')
  const { ensureTopic, withClient } = await import('./client.ts')
  const { Output } = await import('../output.ts')
  const topic = config.modelsTopic
  await withClient(config, { timeout: flags.timeout }, async client => {
    await ensureTopic(client.admin, { topic, twin: config.dataTopic, partitions: flags.partitions, compacted: true })
    const records = await recordsFor(client, topic, record)
    const { partition, offset } = await writeTogether(client.kafka, topic, records)
    await new Output(flags).fields({
      topic,
      partition,
      offset,
      ...record.summary,
      pieces: records.length > 1 ? records.length - 1 : undefined,
    })
  })
}

/** The printed description of a model that was sent. */
type ModelSummary = Readonly<Record<'name' | 'dataType' | 'type' | 'bytes' | 'sha256' | 'location', string | number | undefined>>

/** Builds the record of a model: its descriptor with the bytes or their location, and the SHA-256 if the bytes are known. */
export async function modelRecord(model: string, flags: ModelFlags): Promise<ModelRecord & { readonly summary: ModelSummary }> {
  const { readModelFile } = await import('./model-file.ts')
  const serving = await import('../../serving/index.ts')
  const { bytes, location, name: fileName } = await readModelFile(model, flags.byLocation === true)
  const { dataType, description, output } = flags
  const name = flags.name ?? fileName
  const record = serving.modelRecord({ dataType, name, description, output, type: flags.type && types[flags.type], bytes, location })
  const { type, sha256 } = record
  return { ...record, summary: { name, dataType, type, bytes: bytes?.length, sha256, location } }
}

/** The record, or its pieces if it is larger than max.message.bytes of the topic. */
async function recordsFor({ admin }: Client, topic: string, record: ModelRecord): Promise<readonly WriterRecord[]> {
  const { topicSetting } = await import('../../topology/runtime/topics/topic-setting.ts')
  const { recordsThatFit } = await import('../../serving/index.ts')
  return recordsThatFit(record, { topic, limit: Number((await topicSetting(admin, topic, 'max.message.bytes')) ?? Infinity) })
}
