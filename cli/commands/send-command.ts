import { createReadStream } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { messageOf, SluiceError } from '../../base/index.ts'
import type { TopicWriter, WrittenRange } from '../../topology/runtime/topics/index.ts'
import { addClientOptions, type ClientFlags, missingTexts, positiveInteger, positiveNumber, someText } from './command-options.ts'
import type { RowEncoder } from './csv-records.ts'
import type { Progress } from '../output.ts'

interface SendFlags extends ClientFlags {
  readonly dataType: string
  readonly rate?: number
  readonly repeat: number
  readonly key?: string
  readonly partitions?: number
  readonly missing?: ReadonlySet<string>
}

/** `sluice send`: sends the rows of a CSV file as data records. */
export function sendCommand(): Command {
  const command = new Command('send')
    .description('send the rows of a CSV file to the data topic')
    .argument('<rows.csv>', 'CSV file with or without a header, separated by comma, semicolon or tab')
    .addOption(
      new Option('--data-type <type>', 'data type of the rows; it selects the model that scores them')
        .argParser(someText)
        .makeOptionMandatory(),
    )
    .addOption(new Option('--rate <n>', 'records per second, evenly spaced (default: no limit)').argParser(positiveNumber))
    .addOption(new Option('--repeat <n>', 'how many times to send the file').default(1).argParser(positiveInteger))
    .addOption(
      new Option('--missing <a,b,…>', 'cell texts that mean a missing value, as an empty cell does, such as NA,null,?').argParser(
        missingTexts,
      ),
    )
    .addOption(new Option('--key <text>', 'key of the records (default: the data type; keyed joins need it)').argParser(someText))
    .addOption(
      new Option(
        '--partitions <n>',
        'number of partitions if the topic has to be created (default: that of the models topic, else 4)',
      ).argParser(positiveInteger),
    )
    .addHelpText('after', help)
    .action(send)
  return addClientOptions(command, ['dataTopic', 'modelsTopic', 'data.format', 'data.features', 'data.dataTypeField'])
}

const help = `
Examples:
  $ sluice send wine.csv --data-type wine
  $ sluice send wine.csv --data-type wine --rate 100 --repeat 10
  $ sluice send rows.csv --data-type orders --data-format json --data-features amount,country:text

A field takes the column of the same name, else the column whose name differs only in case, spaces and underscores (an error if there are
several). Other columns are ignored. A file without a header must have the fields in their order. Text is sent unchanged, including leading and
trailing blanks; JSON and CSV records keep the exact value of 64-bit integers. An empty cell, or a cell with a text of --missing, is a missing
value: the record does not have the field (in CSV records, the cell is empty).
`

async function send(path: string, flags: SendFlags): Promise<void> {
  const { processSources, resolveClientConfig } = await import('../config/config.ts')
  const config = resolveClientConfig(processSources(flags))
  const { rowEncoder } = await import('./csv-records.ts')
  const encoder = rowEncoder(config.data, flags.dataType)
  const { Output, note, progressBar } = await import('../output.ts')
  const total = (await countLines(path)) * flags.repeat
  const { ensureTopic, interruption, withClient } = await import('./client.ts')
  const { TopicWriter } = await import('../../topology/runtime/topics/topic-writer.ts')
  const topic = config.dataTopic
  const stop = interruption()
  await withClient(config, { timeout: flags.timeout, signal: stop.signal }, async ({ kafka, admin }) => {
    await ensureTopic(admin, { topic, twin: config.modelsTopic, partitions: flags.partitions, compacted: false })
    const writer = await TopicWriter.open(kafka, topic)
    const sending = new Sending({ encoder, flags, writer, progress: progressBar('records', total) })
    try {
      const summary = await sending.run(path, stop.signal)
      if (summary.absent.length > 0) note(`${path} has no column for ${summary.absent.join(', ')}: the value is missing in every record`)
      await new Output(flags).fields({ topic, dataType: flags.dataType, ...summary.figures })
    } finally {
      await writer.close()
    }
  }).finally(stop.end)
  if (stop.signal.aborted) throw new SluiceError('INPUT_INVALID', 'interrupted: not all rows were sent')
}

interface SendingParts {
  readonly encoder: RowEncoder
  readonly flags: Pick<SendFlags, 'dataType' | 'rate' | 'repeat' | 'key' | 'missing'>
  readonly writer: TopicWriter
  readonly progress: Progress
}

interface Summary {
  readonly absent: readonly string[]
  readonly figures: Readonly<Record<string, unknown>>
}

/** Sends the file `repeat` times. */
class Sending {
  readonly #parts: SendingParts
  readonly #key: Buffer
  readonly #started = performance.now()
  #records = 0
  #missing = 0
  #absent: readonly string[] = []

  constructor(parts: SendingParts) {
    this.#parts = parts
    this.#key = Buffer.from(parts.flags.key ?? parts.flags.dataType, 'utf8')
  }

  /** Sends until the end or until the signal aborts. On return, and on INPUT_INVALID, all sent records are acknowledged. */
  async run(path: string, signal: AbortSignal): Promise<Summary> {
    const { flags, writer, progress } = this.#parts
    try {
      for (let round = 0; round < flags.repeat && !signal.aborted; round++) await this.#once(path, signal)
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'INPUT_INVALID') throw error
      await writer.flush()
      throw new SluiceError('INPUT_INVALID', `${error.message} (records sent before: ${this.#records})`, { cause: error })
    } finally {
      progress.stop(this.#records)
    }
    const ranges = await writer.flush()
    const seconds = (performance.now() - this.#started) / 1000
    const rounded = Number(seconds.toFixed(3))
    const figures = {
      records: this.#records,
      seconds: rounded,
      perSecond: Math.round(this.#records / seconds),
      missingCells: this.#missing,
    }
    return { absent: this.#absent, figures: { ...figures, partitions: spans(ranges) } }
  }

  async #once(path: string, signal: AbortSignal): Promise<void> {
    const { openCsv } = await import('../../records/csv-rows.ts')
    const { encoder, flags, writer, progress } = this.#parts
    const file = await openCsv(path, encoder.fields, { missing: flags.missing })
    this.#absent = file.absent
    for await (const row of file.rows) {
      if (signal.aborted) return
      const ahead = aheadOf(this.#records, flags.rate, performance.now() - this.#started)
      // Timers are coarse, so waits shorter than 2 ms are accumulated.
      if (ahead >= 2) await sleep(ahead, undefined, { signal }).catch(() => undefined)
      const full = writer.write({ key: this.#key, value: encoder.encode(row) })
      if (full) await full
      this.#records++
      for (const cell of row.cells) if (cell === undefined) this.#missing++
      progress.update(this.#records)
    }
  }
}

/** Milliseconds until the next record is due, after `sent` records in `elapsed` ms; negative if sending is late. */
export function aheadOf(sent: number, rate: number | undefined, elapsed: number): number {
  return rate === undefined ? 0 : (sent * 1000) / rate - elapsed
}

/** For each partition: first and last offset, and the number of records. */
export function spans(
  ranges: readonly WrittenRange[],
): readonly { partition: number; firstOffset: number; lastOffset: number; records: number }[] {
  const found = new Map<number, { partition: number; firstOffset: number; lastOffset: number; records: number }>()
  for (const { partition, offset, count } of ranges) {
    const span = found.get(partition) ?? { partition, firstOffset: offset, lastOffset: offset, records: 0 }
    span.firstOffset = Math.min(span.firstOffset, offset)
    span.lastOffset = Math.max(span.lastOffset, offset + count - 1)
    span.records += count
    found.set(partition, span)
  }
  return [...found.values()].sort((a, b) => a.partition - b.partition)
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
