import { Command, InvalidArgumentError, Option } from 'commander'
import { SluiceError } from '../../base/index.ts'
import type { ModelRecord, ModelToPublish } from '../../serving/index.ts'
import { isModuleName } from '../../models/code/index.ts'
import { addClientOptions, type ClientFlags, eventTime, positiveInteger, positiveNumber, someText } from './command-options.ts'
import type { WriterRecord } from '../../topology/runtime/topics/index.ts'
import type { Client } from './client.ts'
import type { GivenSignature } from './signature-file.ts'
import type { ClientConfig } from '../config/index.ts'

const types = {
  onnx: 'ONNX',
  pmml: 'PMML',
  tensorflow: 'TENSORFLOW',
  tensorflowsaved: 'TENSORFLOWSAVED',
  service: 'SERVICE',
  module: 'MODULE',
} as const

type RoleGiven = NonNullable<ModelToPublish['role']>['name']
const roles = ['champion', 'challenger', 'shadow', 'fallback'] as const satisfies readonly Lowercase<RoleGiven>[]

/** Options that describe a model. */
export interface ModelFlags {
  readonly dataType: string
  readonly name?: string
  readonly type?: keyof typeof types
  readonly description?: string
  readonly output?: string
  readonly after?: string
  readonly byLocation?: boolean
  readonly effectiveFrom?: string
  readonly role?: Lowercase<RoleGiven>
  readonly weight?: number
  /** A CSV file. */
  readonly golden?: string
  /** The file of a signature. */
  readonly signature?: string
  readonly goldenTolerance?: number
}

type PublishFlags = ClientFlags &
  ModelFlags & {
    readonly partitions?: number
    /** Milliseconds. */
    readonly every?: number
    readonly loop?: boolean
  }

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
    .option('--after <name>', 'the name of a model whose outputs it takes as fields, beside those of the record')
    .option('--output <name>', "the output that holds the score, for a model with several (default: the model's first)")
    .option(
      '--by-location',
      'send the location of the file instead of its bytes; instances read it there, and it must be below one of their modelRoots',
    )
    .addOption(
      new Option('--role <role>', 'role in which the model begins (default: champion; the first of a data type has to be)').choices(roles),
    )
    .addOption(new Option('--weight <share>', "a challenger's share of the keys: above 0, at most 1").argParser(positiveNumber))
    .option('--golden <rows.csv>', 'records with the score or label that the model must give: it is refused if it gives others')
    .addOption(
      new Option('--golden-tolerance <number>', 'largest allowed difference of a score, for rows that name none (default: 0)').argParser(
        positiveNumber,
      ),
    )
    .option(
      '--signature <file>',
      'signature of the model, as "sluice sign" writes it: instances with trustedKeys serve signed models alone',
    )
    .addOption(
      new Option(
        '--effective-from <time>',
        'event time from which the model has its role: ISO 8601 or ms since the epoch (default: at once)',
      ).argParser(eventTime),
    )
    .addOption(
      new Option(
        '--every <time>',
        'publish the models of a directory in turn, one after each such time, such as 500ms, 30s or 5m',
      ).argParser(duration),
    )
    .option('--loop', 'with --every: begin again after the last, until Ctrl-C or SIGTERM, which end it with the totals and exit code 0')
    .addOption(
      new Option(
        '--partitions <n>',
        'number of partitions if the topic has to be created (default: that of the data topic, else 4)',
      ).argParser(positiveInteger),
    )
    .addHelpText('after', help)
    .action(publish)
  return addClientOptions(command, ['modelsTopic', 'dataTopic', 'data.format', 'data.features', 'data.dataTypeField'])
}

const help = `
Examples:
  $ sluice publish wine-linear.onnx --data-type wine
  $ sluice publish wine-mlp.onnx --data-type wine --name second --description "a small network"
  $ sluice publish wine-mlp.onnx --data-type wine --effective-from 2026-12-01T00:00:00Z
  $ sluice publish wine-mlp.onnx --data-type wine --role challenger --weight 0.1
  $ sluice publish wine-mlp.onnx --data-type wine --golden expected.csv --golden-tolerance 0.001
  $ sluice publish saved_model/ --data-type wine
  $ sluice publish wine-mlp.onnx --data-type wine --signature wine-mlp.onnx.sig
  $ sluice publish large.onnx --data-type wine --by-location
  $ sluice publish pricing.js --data-type order
  $ sluice publish models/ --data-type wine --every 30s --loop
  $ sluice publish https://models.example/wine.onnx --data-type wine
  $ sluice publish http://triton.example:8000/v2/models/wine --data-type wine --type service

A model that is too large for one record is sent in pieces, up to 64 MB in total; a larger model has to be sent with --by-location. Instances
only read locations below their modelRoots and URLs on their modelHosts.

A JavaScript or TypeScript module (by its name's ending) is never sent: the record has its file name and SHA-256, and instances run the file of that
name in one of their codeRoots, if it has that SHA-256. With --by-location the record has the file's whole path.

The file of --golden is CSV with a header: the fields of the data, as send takes them, and the columns score, label or both, with the result that the model must
give; a column tolerance goes before --golden-tolerance. At most 4,096 rows, which are sent with the model and kept with nothing else of it.

Prints the topic, partition and offset of the model record, and the SHA-256 that identifies the model in results.

With --signature, the model is held against its signature before it is sent; of a directory, files that the signer left out are not sent.

With --every, a directory is a list of models, unless it is a SavedModel: each file and each directory in it is one, in the order of their names;
hidden ones are left out. With --loop the directory is read again each time. What is not a model or cannot be read is told by name and passed over;
the exit code is 1 then. A loop goes on while the directory is away or has no model. Without --loop, Ctrl-C ends the command with exit code 1.
`

/** Parses a time with its unit. Returns milliseconds. */
function duration(text: string): number {
  const [, number, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? []
  const milliseconds = Number(number) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[(unit ?? 'ms') as 'ms' | 's' | 'm' | 'h']
  if (!(milliseconds >= 1 && milliseconds < 2 ** 31))
    throw new InvalidArgumentError('Allowed: a whole number above 0 with ms, s, m or h, such as 30s.')
  return milliseconds
}

async function publish(model: string, flags: PublishFlags): Promise<void> {
  if (flags.loop === true && flags.every === undefined)
    throw new SluiceError('CONFIG_INVALID', '--loop needs --every: the time between two models')
  if (flags.signature !== undefined && flags.every !== undefined)
    throw new SluiceError('CONFIG_INVALID', '--signature is of one model, and --every publishes several: publish signed models one by one')
  const { processSources, resolveClientConfig } = await import('../config/config.ts')
  const config = resolveClientConfig(processSources(flags))
  // What cannot be read or is not a model is told before a broker is asked.
  const golden = await goldenOf(flags, config)
  const only = flags.every === undefined ? await modelRecord(model, flags, golden) : undefined
  const { ensureTopic, interruption, withClient } = await import('./client.ts')
  // A single publication is ended by a signal at once.
  const stop = flags.every === undefined ? undefined : interruption()
  let refused = 0
  await withClient(config, { timeout: flags.timeout, signal: stop?.signal }, async client => {
    const topic = config.modelsTopic
    await ensureTopic(client.admin, { topic, twin: config.dataTopic, partitions: flags.partitions, compacted: true })
    if (only !== undefined) await send(client, topic, only, flags)
    else if (stop !== undefined) {
      const { publishInTurn } = await import('./publish-in-turn.ts')
      refused = await publishInTurn(model, {
        everyMs: flags.every as number,
        loop: flags.loop === true,
        signal: stop.signal,
        publish: async (file, before) => {
          // What is no model takes no turn. What is published is the file as it is when its turn comes.
          await modelRecord(file, flags, golden)
          await before()
          if (!stop.signal.aborted) await send(client, topic, await modelRecord(file, flags, golden), flags)
        },
      })
    }
  }).finally(stop?.end)
  if (stop?.signal.aborted === true && flags.loop !== true)
    throw new SluiceError('INPUT_INVALID', 'interrupted: not all models were published')
  if (refused > 0) throw new SluiceError('INPUT_INVALID', `${refused} ${refused === 1 ? 'file was' : 'files were'} not published`)
}

/** Writes a model's record or its pieces, and prints where it is. */
async function send(client: Client, topic: string, record: PrintedRecord, flags: PublishFlags): Promise<void> {
  const { writeTogether } = await import('../../topology/runtime/topics/input-topic.ts')
  const { Output } = await import('../output.ts')
  const records = await recordsFor(client, topic, record)
  const { partition, offset } = await writeTogether(client.kafka, topic, records, { onWait: client.onWait })
  const pieces = records.length > 1 ? records.length - 1 : undefined
  await new Output(flags).fields({ topic, partition, offset, ...record.summary, pieces })
}

/** The printed description of a model that was sent. */
type ModelSummary = Readonly<Record<'name' | 'dataType' | 'type' | 'bytes' | 'sha256' | 'location', string | number | undefined>>

type PrintedRecord = ModelRecord & { readonly summary: ModelSummary }

/** The type that the name of a file tells; undefined: the content tells it. */
function typeOfName(model: string): 'MODULE' | undefined {
  return /^https?:/i.test(model) || !isModuleName(model) ? undefined : 'MODULE'
}

/** Builds the record of a model: its descriptor with the bytes or their location, and the SHA-256 if the bytes are known. */
export async function modelRecord(model: string, flags: ModelFlags, golden?: ModelToPublish['golden']): Promise<PrintedRecord> {
  const { readModelFile } = await import('./model-file.ts')
  const signature = flags.signature === undefined ? undefined : await signatureOf(flags.signature)
  const serving = await import('../../serving/index.ts')
  const type = flags.type === undefined ? typeOfName(model) : types[flags.type]
  const {
    bytes,
    location,
    name: fileName,
  } = await readModelFile(model, { byLocation: flags.byLocation === true, byName: type === 'MODULE', ...signature?.use })
  await signature?.check(type === 'SERVICE' ? Buffer.from(location ?? '') : bytes)
  const { dataType, description, output, after } = flags
  const name = flags.name ?? fileName
  const effectiveFrom = flags.effectiveFrom === undefined ? undefined : serving.eventTimeOf(flags.effectiveFrom)
  const role = roleIn(flags)
  const record = serving.modelRecord({
    dataType,
    name,
    description,
    output,
    after,
    role,
    golden,
    effectiveFrom,
    type,
    signature: signature?.bundle,
    bytes,
    location,
  })
  const { type: found, sha256 } = record
  return { ...record, summary: { name, dataType, type: found, bytes: bytes?.length, sha256, location } }
}

/** A signature, what it leaves out, and its check. */
async function signatureOf(file: string): Promise<GivenSignature> {
  const { readSignatureFile } = await import('./signature-file.ts')
  return readSignatureFile(file)
}

/** Throws CONFIG_INVALID for a weight without a role. */
function roleIn({ role, weight }: ModelFlags): ModelToPublish['role'] {
  if (role === undefined && weight !== undefined) throw new SluiceError('CONFIG_INVALID', '--weight needs --role challenger')
  return role === undefined ? undefined : { name: role.toUpperCase() as RoleGiven, weight }
}

/** The golden records of the file that is named. */
async function goldenOf(flags: PublishFlags, { data }: ClientConfig): Promise<ModelToPublish['golden']> {
  if (flags.golden === undefined) return undefined
  const { goldenRecords } = await import('./golden-records.ts')
  return goldenRecords({ path: flags.golden, data, dataType: flags.dataType, tolerance: flags.goldenTolerance ?? 0 })
}

/** The record, or its pieces if it is larger than max.message.bytes of the topic. */
async function recordsFor({ admin }: Client, topic: string, record: ModelRecord): Promise<readonly WriterRecord[]> {
  const { topicSetting } = await import('../../topology/runtime/topics/topic-setting.ts')
  const { recordsThatFit } = await import('../../serving/index.ts')
  return recordsThatFit(record, { topic, limit: Number((await topicSetting(admin, topic, 'max.message.bytes')) ?? Infinity) })
}
