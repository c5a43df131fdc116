import { constants, createReadStream, statSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { Command, Option } from 'commander'
import { messageOf, SluiceError } from '../../base/index.ts'
import { addClientOptions, type ClientFlags, missingTexts, positiveInteger, positiveNumber, someText } from './command-options.ts'
import { type InputFormat, inputFormats } from './sent-rows.ts'

interface SendFlags extends ClientFlags {
  readonly dataType: string
  readonly rate?: number
  readonly repeat?: number
  readonly loop?: boolean
  /** false: --no-key was given. */
  readonly key?: string | false
  readonly keyColumn?: string
  readonly timestamp?: string
  readonly input?: InputFormat
  /** false: --no-header was given. */
  readonly header: boolean
  readonly skipBad?: boolean
  readonly partitions?: number
  readonly missing?: ReadonlySet<string>
}

/** `sluice send`: sends the rows of a file as data records. */
export function sendCommand(): Command {
  const command = new Command('send')
    .description('send rows of CSV or JSON lines to the data topic, once, several times or for ever')
    .argument(
      '<rows>',
      'CSV with or without a header, separated by comma, semicolon or tab, or JSON objects, one a line; - for standard input',
    )
  for (const option of sendOptions()) command.addOption(option)
  command.addHelpText('after', help).action(send)
  return addClientOptions(command, ['dataTopic', 'modelsTopic', 'data.format', 'data.features', 'data.dataTypeField'])
}

function sendOptions(): readonly Option[] {
  const missing = 'cell texts that mean a missing value, as an empty cell does, such as NA,null,?'
  const input =
    'form of the rows (default: json for names that end in .jsonl, .ndjson or .json, else csv; of standard input: json if it begins with {)'
  const partitions = 'number of partitions if the topic has to be created (default: that of the models topic, else 4)'
  return [
    new Option('--data-type <type>', 'data type of the rows; it selects the model that scores them')
      .argParser(someText)
      .makeOptionMandatory(),
    new Option('--rate <n>', 'records per second, evenly spaced (default: no limit)').argParser(positiveNumber),
    new Option('--repeat <n>', 'how many times to send the file (default: 1)').argParser(positiveInteger),
    new Option('--loop', 'send the file again and again, until Ctrl-C or SIGTERM, which end it with the totals and exit code 0').conflicts(
      'repeat',
    ),
    new Option('--input <format>', input).choices(inputFormats),
    new Option('--no-header', 'the first line of CSV is data (default: it is if all its cells are numbers)'),
    new Option('--missing <a,b,…>', missing).argParser(missingTexts),
    new Option('--key <text>', 'key of all records (default: the data type; keyed joins need it)').argParser(someText),
    new Option('--no-key', 'send the records without a key; they go to the partitions in turn'),
    new Option('--key-column <column>', 'column whose text is the key of its record').argParser(someText).conflicts('key'),
    new Option(
      '--timestamp <column>',
      "column with the record's time: ISO 8601, or seconds or milliseconds since 1970 (default: now)",
    ).argParser(someText),
    new Option('--skip-bad', 'tell and skip rows that cannot be sent; the exit code is 1 if there were any (default: stop at the first)'),
    new Option('--partitions <n>', partitions).argParser(positiveInteger),
  ]
}

const help = `
Examples:
  $ sluice send wine.csv --data-type wine
  $ sluice send wine.csv --data-type wine --rate 100 --loop
  $ sluice send rows.csv --data-type orders --data-format json --data-features amount,country:text
  $ sluice send sensors.jsonl --data-type heater --timestamp readAt --key-column sensorID --data-format json --data-features temperature
  $ tail -f rows.jsonl | sluice send - --data-type wine --no-key

A field takes the column of the same name, else the column whose name differs only in case, spaces and underscores (an error if there are
several); of a JSON object it takes the property of exactly its name. Other columns are ignored. A file without a header must have the fields in
their order, then the columns of --key-column and --timestamp; with text among them it needs --no-header. Text is sent unchanged, including leading and trailing blanks; JSON and CSV records
keep the exact value of 64-bit integers. An empty cell, null, or a cell with a text of --missing, is a missing value: the record does not have the
field (in CSV records, the cell is empty). Standard input may be endless; a row is sent
once its line has ended.

Numbers below 1e11 in the column of --timestamp are seconds, others are milliseconds. A time without a zone is UTC.

A row that cannot be sent (text in a number column, an empty key or time, another number of cells, a line that is not JSON, a time or a size that
the topic does not take) is told with its line and column. It ends the command with exit code 1; the rows before it are sent. With --skip-bad the rows after it are sent too.
`

async function send(path: string, flags: SendFlags): Promise<void> {
  if (path === '-' && (flags.loop === true || flags.repeat !== undefined))
    throw new SluiceError(
      'CONFIG_INVALID',
      `standard input can be read only once: ${flags.loop === true ? '--loop' : '--repeat'} needs a file`,
    )
  const { processSources, resolveClientConfig } = await import('../config/config.ts')
  const config = resolveClientConfig(processSources(flags))
  const { rowEncoder } = await import('./csv-records.ts')
  const encoder = rowEncoder(config.data, flags.dataType)
  await checkReadable(path)
  const { Output, note } = await import('../output.ts')
  const { ensureTopic, interruption, withClient } = await import('./client.ts')
  const { TopicWriter } = await import('../../topology/runtime/topics/topic-writer.ts')
  const { Sending } = await import('./sending.ts')
  const topic = config.dataTopic
  const progress = await sendProgress(path, flags)
  const stop = interruption()
  let bad = 0
  await withClient(config, { timeout: flags.timeout, signal: stop.signal }, async ({ kafka, admin, onWait }) => {
    await ensureTopic(admin, { topic, twin: config.modelsTopic, partitions: flags.partitions, compacted: false })
    const writer = await TopicWriter.open(kafka, topic, { onWait })
    const { input: format, header, missing, keyColumn, timestamp: timeColumn, skipBad = false } = flags
    const sending = new Sending({
      input: { path, format, encoder, header, missing, keyColumn, timeColumn },
      writer,
      progress,
      rate: flags.rate,
      rounds: flags.loop === true ? Infinity : (flags.repeat ?? 1),
      key: flags.key === false ? null : Buffer.from(flags.key ?? flags.dataType, 'utf8'),
      skipBad,
      note,
    })
    try {
      const { absent, badRows, figures } = await sending.run(stop.signal)
      bad = badRows
      if (absent.length > 0) note(`${path} has no column for ${absent.join(', ')}: the value is missing in every record`)
      await new Output(flags).fields({ topic, dataType: flags.dataType, ...figures })
    } finally {
      // What failed to be written was told with how much was.
      await writer.close().catch(() => undefined)
    }
  }).finally(stop.end)
  if (stop.signal.aborted && flags.loop !== true) throw new SluiceError('INPUT_INVALID', 'interrupted: not all rows were sent')
  if (bad > 0) throw new SluiceError('INPUT_INVALID', `${bad} ${bad === 1 ? 'row was' : 'rows were'} not sent`)
}

/** Before Kafka is waited for. Throws INPUT_INVALID. */
async function checkReadable(path: string): Promise<void> {
  if (path === '-') return
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw new SluiceError('INPUT_INVALID', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  })
}

/** A bar for a file that is sent a known number of times. Anything else, such as a pipe, can be read only once or has no end. */
async function sendProgress(path: string, { loop, repeat = 1 }: SendFlags) {
  const { noProgress, progressBar } = await import('../output.ts')
  const file = path !== '-' && statSync(path, { throwIfNoEntry: false })?.isFile() === true
  return file && loop !== true ? progressBar('records', (await countLines(path)) * repeat) : noProgress
}

/** The number of lines of a file, as an estimate of its rows for a progress bar. Throws INPUT_INVALID. */
export async function countLines(path: string): Promise<number> {
  let lines = 0
  let last = 10
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      for (const byte of chunk) if (byte === 10) lines++
      last = chunk.at(-1) ?? last
    }
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
  return last === 10 ? lines : lines + 1
}
