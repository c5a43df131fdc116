import { readFileSync, statSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { basename, extname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Command, Option } from 'commander'
import { messageOf, SluiceError } from '../proto/sluice-error.ts'
import { addClientOptions, type ClientFlags, positiveInteger, someText } from './command-options.ts'
import type { Client } from './client.ts'

const types = { onnx: 'ONNX', pmml: 'PMML', tensorflow: 'TENSORFLOW', tensorflowsaved: 'TENSORFLOWSAVED' } as const

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
    .argument('<model>', 'a model file, or its file: URI')
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
  $ sluice publish large.onnx --data-type wine --by-location

Prints topic, partition and offset of the model record, and the SHA-256 by which results name the model.
`

async function publish(model: string, flags: PublishFlags): Promise<void> {
  const { processSources, resolveClientConfig } = await import('./config.ts')
  const config = resolveClientConfig(processSources(flags))
  const path = pathOf(model)
  const record = await modelRecord(path, flags)
  const { ensureTopic, withClient } = await import('./client.ts')
  const { Output } = await import('./output.ts')
  const topic = config.modelsTopic
  await withClient(config, { timeout: flags.timeout }, async client => {
    await ensureTopic(client.admin, { topic, twin: config.dataTopic, partitions: flags.partitions, compacted: true })
    await checkSize(client, topic, record)
    const { partition, offset } = await writeOne(client, topic, record)
    await new Output(flags).fields({ topic, partition, offset, ...record.summary })
  })
}

interface ModelRecord {
  readonly key: Uint8Array
  readonly value: Uint8Array
  readonly summary: Readonly<Record<string, unknown>>
}

/** The model as a record: its descriptor with the bytes, or with their place, and their SHA-256 either way. */
export async function modelRecord(path: string, flags: ModelFlags): Promise<ModelRecord> {
  const bytes = readModel(path)
  const type = flags.type ? types[flags.type] : (await import('./model-type.ts')).modelTypeOf(bytes)
  if (!type) throw new SluiceError('MODEL_UNKNOWN_FORMAT', `${path} is no model of a format that can be told; name it with --type`)
  const { sluice } = await import('../proto/messages.js')
  const sha256 = createHash('sha256').update(bytes).digest()
  const name = flags.name ?? basename(path, extname(path))
  const location = flags.byLocation ? pathToFileURL(resolve(path)).href : undefined
  const value = sluice.ModelDescriptor.encode({
    name,
    description: flags.description ?? '',
    dataType: flags.dataType,
    modeltype: sluice.ModelDescriptor.ModelType[type],
    ...(location === undefined ? { data: bytes } : { location }),
    sha256,
    output: flags.output ?? '',
  }).finish()
  const summary = { dataType: flags.dataType, name, type, bytes: bytes.length, sha256: sha256.toString('hex'), location }
  return { key: Buffer.from(flags.dataType, 'utf8'), value, summary }
}

function pathOf(model: string): string {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(model)) return model
  try {
    return fileURLToPath(model)
  } catch {
    throw new SluiceError('CONFIG_INVALID', `model ${JSON.stringify(model)} is not allowed; allowed: a file, or a file: URI`)
  }
}

function readModel(path: string): Buffer {
  try {
    if (statSync(path).isDirectory()) throw new Error('it is a directory, and only single files can be sent')
    return readFileSync(path)
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', `model ${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/** What a record batch takes beside the value: headers, the key's and the value's lengths. */
const batchOverhead = 512

async function checkSize({ admin }: Client, topic: string, { key, value }: ModelRecord): Promise<void> {
  const { topicSetting } = await import('./client.ts')
  const limit = Number((await topicSetting(admin, topic, 'max.message.bytes')) ?? Infinity)
  if (value.length + key.length + batchOverhead <= limit) return
  const sizes = `the model is ${value.length} bytes as a record, and topic ${topic} takes up to ${limit}`
  throw new SluiceError('MODEL_TOO_LARGE', `${sizes}: use --by-location, or raise the topic's max.message.bytes`)
}

async function writeOne({ kafka }: Client, topic: string, { key, value }: ModelRecord): Promise<{ partition: number; offset: number }> {
  const { TopicWriter } = await import('../topology/runtime/topic-writer.ts')
  const writer = await TopicWriter.open(kafka, topic)
  try {
    await writer.write({ key, value })
    const [range] = await writer.flush()
    if (!range) throw new SluiceError('SEND_FAILED', `topic ${topic} acknowledged nothing`)
    return range
  } finally {
    await writer.close()
  }
}
