import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { topicSetting } from '../../cli/commands/client.ts'
import { sluice } from '../../proto/messages.js'
import { modelStateStore } from '../../stores/index.ts'
import { type Admin, createKafka, type Kafka } from '../../topology/runtime/kafka/kafka-client.ts'
import { readTopic, type TopicRecord } from '../../topology/runtime/topics/topic-reader.ts'
import { TopicWriter } from '../../topology/runtime/topics/topic-writer.ts'

const brokers = process.env['KAFKA_BROKERS']

/** The topics and the application id of this run only, and a directory that is removed afterwards. */
interface Context {
  kafka: Kafka
  admin: Admin
  directory: string
  env: Record<string, string>
}

const cli = suite<Context>('commands on a broker')
const run = randomBytes(4).toString('hex')
const topics = { data: `cli-${run}-data`, models: `cli-${run}-models`, results: `cli-${run}-results` }
const applicationId = `cli-${run}`

cli.before(async context => {
  context.kafka = createKafka({ brokers: String(brokers).split(','), clientId: 'cli-test' })
  context.admin = context.kafka.admin()
  context.directory = await mkdtemp(join(tmpdir(), 'sluice-cli-'))
  context.env = {
    SLUICE_DATA_TOPIC: topics.data,
    SLUICE_MODELS_TOPIC: topics.models,
    SLUICE_RESULTS_TOPIC: topics.results,
    SLUICE_APPLICATION_ID: applicationId,
  }
  await context.admin.connect()
})

cli.after(async ({ admin, directory }) => {
  const mine = (await admin.listTopics()).filter(topic => topic.startsWith(`cli-${run}-`))
  await admin.deleteTopics({ topics: mine })
  await admin.disconnect()
  await rm(directory, { recursive: true })
})

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function start(
  { env }: Context,
  args: readonly string[],
): { readonly child: ChildProcess; readonly ended: Promise<Ended>; readonly read: () => string } {
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...args], { env: { ...process.env, ...env }, stdio: 'pipe' })
  const written = { stdout: '', stderr: '' }
  child.stdout.on('data', chunk => (written.stdout += String(chunk)))
  child.stderr.on('data', chunk => (written.stderr += String(chunk)))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...written }))
  return { child, ended, read: () => written.stdout }
}

function command(context: Context, ...args: string[]): Promise<Ended> {
  return start(context, args).ended
}

function jsonOf(ended: Ended): Record<string, unknown> {
  assert.is(ended.code, 0, ended.stderr)
  return JSON.parse(ended.stdout) as Record<string, unknown>
}

function linesOf({ stdout }: Pick<Ended, 'stdout'>): Record<string, unknown>[] {
  return stdout.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]))
}

async function everything(kafka: Kafka, topic: string): Promise<TopicRecord[]> {
  const found: TopicRecord[] = []
  for await (const { records } of readTopic(kafka, { topic, from: 'beginning', until: 'end' })) found.push(...records)
  return found
}

cli('publish: creates a compacted topic and sends the model; its type is detected from the content', async context => {
  const file = join(context.directory, 'tree.pmml')
  const bytes = Buffer.from('<?xml version="1.0"?>\n<!-- a tree -->\n<PMML version="4.4"></PMML>')
  await writeFile(file, bytes)
  const ended = await command(
    context,
    'publish',
    file,
    '--data-type',
    'wine',
    '--description',
    'a tree',
    '--output',
    'quality',
    '--partitions',
    '3',
  )
  assert.match(ended.stderr, `created topic ${topics.models} with 3 partitions`)
  const sent = jsonOf(ended)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const { partition, offset, ...rest } = sent
  assert.equal(rest, { topic: topics.models, dataType: 'wine', name: 'tree', type: 'PMML', bytes: bytes.length, sha256 })
  const [record, ...others] = await everything(context.kafka, topics.models)
  assert.equal([record?.partition, record?.offset, String(record?.key), others.length], [partition, offset, 'wine', 0])
  const descriptor = sluice.ModelDescriptor.decode(record?.value as Buffer)
  assert.equal(sluice.ModelDescriptor.toObject(descriptor, { bytes: Array, enums: String }), {
    name: 'tree',
    description: 'a tree',
    dataType: 'wine',
    modeltype: 'PMML',
    data: [...bytes],
    sha256: [...Buffer.from(sha256, 'hex')],
    output: 'quality',
  })
  assert.is(await topicSetting(context.admin, topics.models, 'cleanup.policy'), 'compact')
})

cli('publish: a model larger than a record is sent in pieces, or whole by location', async context => {
  const file = join(context.directory, 'large model.onnx')
  const bytes = Buffer.alloc(1_100_000, 7)
  await writeFile(file, bytes)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const before = (await everything(context.kafka, topics.models)).length
  const sent = jsonOf(await command(context, 'publish', file, '--data-type', 'large', '--type', 'onnx'))
  assert.equal([sent['bytes'], sent['sha256'], sent['pieces']], [bytes.length, sha256, 3])
  const records = (await everything(context.kafka, topics.models)).filter(({ key }) => String(key).startsWith('large'))
  assert.equal(
    records.map(({ key }) => String(key)),
    ['large/piece/0', 'large/piece/1', 'large/piece/2', 'large'],
  )
  assert.equal([new Set(records.map(({ partition }) => partition)).size, records.at(-1)?.offset], [1, sent['offset']])
  const descriptors = records.map(({ value }) => sluice.ModelDescriptor.decode(value as Buffer))
  assert.equal(Buffer.concat(descriptors.slice(0, -1).map(({ data }) => data as Uint8Array)), bytes)
  assert.equal([descriptors.at(-1)?.pieces, Buffer.from(descriptors.at(-1)?.sha256 ?? []).toString('hex')], [3, sha256])
  const located = jsonOf(
    await command(context, 'publish', pathToFileURL(file).href, '--data-type', 'located', '--type', 'onnx', '--by-location'),
  )
  const record = (await everything(context.kafka, topics.models)).find(({ key }) => String(key) === 'located')
  const descriptor = sluice.ModelDescriptor.decode(record?.value as Buffer)
  assert.equal([descriptor.location, descriptor.data ?? null, located['location']], [pathToFileURL(file).href, null, descriptor.location])
  assert.is(Buffer.from(descriptor.sha256).toString('hex'), sha256)
  assert.is((await everything(context.kafka, topics.models)).length, before + 5)
})

cli('publish: a URL is sent as a location, and the URL of a model server as a service', async context => {
  const of = async (url: string): Promise<sluice.ModelDescriptor> => {
    jsonOf(await command(context, 'publish', url, '--data-type', 'by-url'))
    const records = (await everything(context.kafka, topics.models)).filter(({ key }) => String(key) === 'by-url')
    return sluice.ModelDescriptor.decode(records.at(-1)?.value as Buffer)
  }
  const file = await of('https://models.example/wine.onnx')
  assert.equal([file.location, file.name, file.modeltype, file.sha256.length], ['https://models.example/wine.onnx', 'wine', 0, 0])
  const served = await of('http://server.example:8000/v2/models/wine')
  assert.equal([served.location, served.modeltype], ['http://server.example:8000/v2/models/wine', 4])
})

cli('publish: a model too large for pieces is refused, with a remedy', async context => {
  const file = join(context.directory, 'huge.onnx')
  await writeFile(file, Buffer.alloc(64 * 1024 * 1024 + 1))
  const refused = await command(context, 'publish', file, '--data-type', 'huge', '--type', 'onnx')
  assert.is(refused.code, 1)
  assert.match(
    refused.stderr,
    /^sluice: the model's record has 6710\d+ bytes, .* up to 67108864 bytes are sent in pieces: use --by-location/,
  )
})

cli('send: rows in order, keyed by the data type, repeated; the topic gets the partition count of the models topic', async context => {
  const file = join(context.directory, 'rows.csv')
  await writeFile(file, 'pH,alcohol\n3.1,9\n,10\n3.3,11')
  const ended = await command(context, 'send', file, '--data-type', 'wine', '--repeat', '2', '--rate', '500')
  assert.match(ended.stderr, `created topic ${topics.data} with 3 partitions`)
  assert.match(ended.stderr, / has no column for fixed_acidity, .*: the value is missing in every record/)
  const records = await everything(context.kafka, topics.data)
  assert.equal(
    records.map(({ key, value }) => [String(key), sluice.WineRecord.toObject(sluice.WineRecord.decode(value as Buffer))]),
    [3.1, undefined, 3.3, 3.1, undefined, 3.3].map((pH, at) => [
      'wine',
      { ...(pH === undefined ? {} : { pH }), alcohol: 9 + (at % 3), dataType: 'wine' },
    ]),
  )
  const { partition } = records[0] as TopicRecord
  const sent = jsonOf(ended)
  assert.equal([sent['records'], sent['missingCells']], [6, 6 * 9 + 2])
  assert.equal(sent['partitions'], [{ partition, firstOffset: 0, lastOffset: 5, records: 6 }])
})

cli('send: an invalid row ends the command; the rows before it are in the topic', async context => {
  const file = join(context.directory, 'bad.csv')
  await writeFile(file, 'pH,alcohol\n3.1,9\n3.2,much\n')
  const before = (await everything(context.kafka, topics.data)).length
  const ended = await command(context, 'send', file, '--data-type', 'wine')
  assert.equal([ended.code, ended.stdout], [1, ''])
  assert.match(ended.stderr, /^sluice: line 3: alcohol is "much", not a number \(records sent before: 1\)\n$/)
  assert.is((await everything(context.kafka, topics.data)).length, before + 1)
})

cli('send: Ctrl-C stops the command in order with exit code 1; the summary counts the records in the topic', async context => {
  const file = join(context.directory, 'many.csv')
  await writeFile(file, `pH\n${'3.1\n'.repeat(5000)}`)
  const before = (await everything(context.kafka, topics.data)).length
  const { child, ended } = start(context, ['send', file, '--data-type', 'wine', '--rate', '100'])
  while ((await everything(context.kafka, topics.data)).length === before) await new Promise(resolve => setTimeout(resolve, 50))
  child.kill('SIGINT')
  const { code, stdout, stderr } = await ended
  assert.is(code, 1)
  assert.match(stderr, /sluice: interrupted: not all rows were sent\n$/)
  assert.is((JSON.parse(stdout) as { records: number }).records, (await everything(context.kafka, topics.data)).length - before)
})

cli('watch: waits for the topic, shows new results, ends at the count or on Ctrl-C', async context => {
  const counted = start(context, ['watch', '--count', '2', '--data-type', 'wine'])
  await once(counted.child.stderr as NodeJS.ReadableStream, 'data')
  await createTopics(context.admin, [{ topic: topics.results, numPartitions: 1 }])
  const writer = await TopicWriter.open(context.kafka, topics.results)
  const result = (dataType: string, inputOffset: number): Uint8Array =>
    sluice.ScoreResult.encode({ dataType, score: inputOffset / 2, inputOffset }).finish()
  try {
    for (const [at, dataType] of ['wine', 'other', 'wine', 'wine'].entries())
      await writer.write({ key: Buffer.from(dataType), value: result(dataType, at) })
    await writer.write({ key: null, value: Buffer.from('no result') })
    await writer.flush()
    const { code, stdout, stderr } = await counted.ended
    assert.is(code, 0, stderr)
    const shown = (lines: readonly Record<string, unknown>[]): unknown[] =>
      lines.map(({ offset, dataType, score, inputOffset }) => [offset, dataType, score, inputOffset])
    assert.equal(shown(linesOf({ stdout })), [
      [0, 'wine', 0, 0],
      [2, 'wine', 1, 2],
    ])
    const all = start(context, ['watch', '--from-beginning'])
    while (linesOf({ stdout: wholeLines(all.read()) }).length < 5) await new Promise(resolve => setTimeout(resolve, 50))
    all.child.kill('SIGINT')
    const interrupted = await all.ended
    assert.equal([interrupted.code, interrupted.stderr], [0, ''])
    assert.equal(shown(linesOf(interrupted)).slice(0, 4).length, 4)
    assert.ok(linesOf(interrupted)[4]?.['undecodable'])
  } finally {
    await writer.close()
  }
})

cli('watch: a closed pipe is not a failure', async context => {
  const { child, ended } = start(context, ['watch', '--from-beginning'])
  child.stdout?.once('data', () => child.stdout?.destroy())
  await once(child.stdout as NodeJS.ReadableStream, 'close')
  const writer = await TopicWriter.open(context.kafka, topics.results)
  while (child.exitCode === null && child.signalCode === null) {
    await writer.write({ value: sluice.ScoreResult.encode({ dataType: 'wine' }).finish() })
    await writer.flush()
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  await writer.close()
  const { code, stderr } = await ended
  assert.equal([code, stderr], [0, ''])
})

cli('changelog: the decoded model store, all records and the latest; a missing topic is reported', async context => {
  const managed = await modelStateStore({}).open(undefined)
  const topic = `${applicationId}-ModelStateStore-changelog`
  await createTopics(context.admin, [{ topic, numPartitions: 2 }])
  const writer = await TopicWriter.open(context.kafka, topic)
  for (const [offset, name] of ['first', 'second'].entries()) {
    const model = {
      name,
      description: '',
      modeltype: sluice.ModelDescriptor.ModelType.ONNX,
      bytes: Buffer.from(name),
      output: '',
      since: 1,
      partition: 0,
      offset,
    }
    managed.store.addVersion('wine', model)
    for (const row of managed.prepareCommit()) await writer.write({ ...row, partition: 1 })
    await managed.postCommit({ changelogOffset: offset + 1 })
  }
  await writer.close()
  await managed.close()
  const currents = (lines: readonly Record<string, unknown>[]): unknown[] =>
    lines.flatMap(({ kind, dataType, value }) => (kind === 'state' ? [[dataType, (value as { current: number }).current]] : []))
  const whole = linesOf(await command(context, 'changelog'))
  assert.equal(currents(whole), [
    ['wine', 1],
    ['wine', 2],
  ])
  assert.is(whole.filter(({ kind, bytes }) => kind === 'blob' && Number(bytes) > 0).length, 2)
  const latest = linesOf(await command(context, 'changelog', '--latest'))
  assert.equal(currents(latest), [['wine', 2]])
  assert.ok(latest.every(({ partition }) => partition === 1))
  const missing = await command(context, 'changelog', '--store', 'Nothing')
  assert.equal([missing.code, missing.stdout], [1, ''])
  assert.match(missing.stderr, `topic ${applicationId}-Nothing-changelog does not exist`)
})

/** The complete lines, which can be parsed while the writer continues. */
function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1)
}

if (brokers) cli.run()
else console.log('skipped: no KAFKA_BROKERS')
