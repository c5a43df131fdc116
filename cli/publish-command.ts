import { createHash } from 'node:crypto'
import { Command, Option } from 'commander'
import { SluiceError } from '../proto/sluice-error.ts'
import { addClientOptions, type ClientFlags, positiveInteger, someText } from './command-options.ts'
import type { WriterRecord } from '../topology/runtime/topic-writer.ts'
import type { Client } from './client.ts'

const types = { onnx: 'ONNX', pmml: 'PMML', tensorflow: 'TENSORFLOW', tensorflowsaved: 'TENSORFLOWSAVED', service: 'SERVICE' } as const

/** What is said of a model. */
export interface ModelFlags {
  readonly dataType: string
  readonly name?: string
  readonly type?: keyof typeof types
  readonly description?: string
  readonly output?: string
  readonly byLocation?: boolean
}

type PublishFlags = ClientFlags & ModelFlags & { readonly partitions?: number }

/** `sluice publish`: a model record for a data type. */
export function publishCommand(): Command {
  const command = new Command('publish')
    .description('send a model to the models topic: instances score the data type with it from then on')
    .argument(
      '<model>',
      'a model file or directory, its file: URI, or the URL that instances read it from (or, in a model server, ask it at)',
    )
    .addOption(new Option('--data-type <type>', 'which records the model is for').argParser(someText).makeOptionMandatory())
    .option('--name <text>', "the model's name (default: the file's name)")
    .addOption(new Option('--type <type>', 'format of the model (default: told from the content)').choices(Object.keys(types)))
    .option('--description <text>', 'what the model is')
    .option('--output <name>', "the output that holds the score, for a model with several (default: the model's first)")
    .option('--by-location', 'send where the file is instead of its bytes; instances must find it there, below one of their modelRoots')
    .addOption(
      new Option('--partitions <n>', 'partitions of the topic, where it is missing (default: as the data topic, else 4)').argParser(
        positiveInteger,
      ),
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

A model that is too large for one record goes in pieces, up to 64 MB; a larger one is sent --by-location. Instances read locations below their
modelRoots, and URLs of their modelHosts, only.

Prints topic, partition and offset of the model record, and the SHA-256 by which results name the model.
`

async function publish(model: string, flags: PublishFlags): Promise<void> {
  const { processSources, resolveClientConfig } = await import('./config.ts')
  const config = resolveClientConfig(processSources(flags))
  const record = await modelRecord(model, flags)
  const { ensureTopic, withClient } = await import('./client.ts')
  const { Output } = await import('./output.ts')
  const topic = config.modelsTopic
  await withClient(config, { timeout: flags.timeout }, async client => {
    await ensureTopic(client.admin, { topic, twin: config.dataTopic, partitions: flags.partitions, compacted: true })
    const records = await recordsThatFit(client, topic, record)
    const { partition, offset } = await write(client, topic, records)
    await new Output(flags).fields({
      topic,
      partition,
      offset,
      ...record.summary,
      pieces: records.length > 1 ? records.length - 1 : undefined,
    })
  })
}

interface ModelRecord {
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** The model, where the record holds it. */
  readonly bytes: Uint8Array | undefined
  readonly summary: Readonly<Record<string, unknown>>
}

/** The model as a record: its descriptor with the bytes, or with their place, and their SHA-256 where they are at hand. */
export async function modelRecord(model: string, flags: ModelFlags): Promise<ModelRecord> {
  const { readModelFile } = await import('./model-file.ts')
  const { bytes, location, name } = await readModelFile(model, flags.byLocation === true)
  const type = flags.type ? types[flags.type] : (await import('./model-type.ts')).modelTypeOf(bytes ?? Buffer.from(location ?? ''))
  if (!type && bytes !== undefined)
    throw new SluiceError('MODEL_UNKNOWN_FORMAT', `${model} is no model of a format that can be told; name it with --type`)
  const { sluice } = await import('../proto/messages.js')
  const sha256 = bytes === undefined ? undefined : createHash('sha256').update(bytes).digest()
  const given = { name: flags.name ?? name, dataType: flags.dataType }
  const value = sluice.ModelDescriptor.encode({
    ...given,
    description: flags.description ?? '',
    modeltype: sluice.ModelDescriptor.ModelType[type ?? 'TENSORFLOW'],
    ...(location === undefined ? { data: bytes ?? null } : { location }),
    ...(sha256 === undefined ? {} : { sha256 }),
    output: flags.output ?? '',
  }).finish()
  const summary = { ...given, type, bytes: bytes?.length, sha256: sha256?.toString('hex'), location }
  return { key: Buffer.from(flags.dataType, 'utf8'), value, bytes: location === undefined ? bytes : undefined, summary }
}

/** What a record batch takes beside the value: headers, the key's and the value's lengths. */
const batchOverhead = 512

/** The record, or the model in pieces and the record that closes it, where the topic takes no record of that size. */
async function recordsThatFit({ admin }: Client, topic: string, record: ModelRecord): Promise<readonly WriterRecord[]> {
  const { topicSetting } = await import('./client.ts')
  const limit = Number((await topicSetting(admin, topic, 'max.message.bytes')) ?? Infinity)
  const fits = ({ key, value }: Pick<ModelRecord, 'key' | 'value'>): boolean => value.length + key.length + batchOverhead <= limit
  if (fits(record)) return [record]
  const { maxStoredBytes, modelPieces } = await import('../serving/index.ts')
  const sizes = `the model is ${record.value.length} bytes as a record, and topic ${topic} takes up to ${limit}`
  if (record.bytes === undefined || record.bytes.length > maxStoredBytes)
    throw new SluiceError('MODEL_TOO_LARGE', `${sizes}; up to ${maxStoredBytes} it goes in pieces: use --by-location`)
  const pieces = modelPieces(record.value)
  if (pieces.every(fits)) return pieces
  throw new SluiceError('MODEL_TOO_LARGE', `${sizes}, which is too little for its pieces too: raise the topic's max.message.bytes`)
}

/** All on the partition of the last one's key, in their order; where that last one went. */
async function write({ kafka }: Client, topic: string, records: readonly WriterRecord[]): Promise<{ partition: number; offset: number }> {
  const { TopicWriter } = await import('../topology/runtime/topic-writer.ts')
  const { partitionForKey } = await import('../topology/runtime/murmur2.ts')
  const writer = await TopicWriter.open(kafka, topic)
  try {
    const partition = partitionForKey(records.at(-1)?.key ?? Buffer.alloc(0), writer.partitions)
    for (const { key, value } of records) await writer.write({ key, value, partition })
    const last = (await writer.flush()).at(-1)
    if (!last) throw new SluiceError('SEND_FAILED', `topic ${topic} acknowledged nothing`)
    return { partition, offset: last.offset + last.count - 1 }
  } finally {
    await writer.close()
  }
}
