import { Command, Option } from 'commander'
import { SluiceError } from '../../base/index.ts'
import { deadLetterHeaders } from '../../topology/output/index.ts'
import type { TopicRecord } from '../../topology/runtime/topics/index.ts'
import { addClientOptions, type ClientFlags, positiveInteger } from './command-options.ts'
import type { LineColumn } from '../output.ts'

interface DeadLetterFlags extends ClientFlags {
  readonly follow?: boolean
  readonly count?: number
}

/** `sluice dead-letters`: the records that could not be processed, and why. */
export function deadLettersCommand(): Command {
  const command = new Command('dead-letters')
    .description('show the records that could not be processed, and why')
    .option('--follow', 'continue with new records until Ctrl-C')
    .addOption(new Option('--count <n>', 'stop after n records').argParser(positiveInteger))
    .addHelpText('after', help)
    .action(deadLetters)
  return addClientOptions(command, ['applicationId', 'deadLetterTopic'])
}

const help = `
Examples:
  $ sluice dead-letters
  $ sluice dead-letters --follow
  $ sluice dead-letters --json | jq -r 'select(.code == "RECORD_UNDECODABLE") | .message'

Each line describes one record: its topic, partition and offset, its key, the length of its value in bytes, and the error. The value is not shown.
`

/** A dead letter, for people and JSON. */
export interface DeadLetterView {
  readonly code: string
  readonly message: string
  /** Place of the original record; '' and null for the dead letter of a punctuation. */
  readonly topic: string
  readonly partition: number | null
  readonly offset: number | null
  /** Timestamp of the original record, ms since the epoch. */
  readonly timestamp: number
  readonly task: string
  /** Key as text; null: the record has no key. */
  readonly key: string | null
  /** Length of the original value, which the dead letter may hold only in part; null: the record has no value. */
  readonly bytes: number | null
  /** Place of the dead letter. */
  readonly deadLetter: { readonly partition: number; readonly offset: number }
}

async function deadLetters(flags: DeadLetterFlags): Promise<void> {
  const { processSources, resolveClientConfig } = await import('../config/config.ts')
  const config = resolveClientConfig(processSources(flags))
  const topic = config.deadLetterTopic
  const { interruption, partitionsOf, withClient } = await import('./client.ts')
  const { readTopic } = await import('../../topology/runtime/topics/topic-reader.ts')
  const { Output } = await import('../output.ts')
  const { signal, end } = interruption()
  try {
    await withClient(config, { timeout: flags.timeout, signal }, async ({ kafka, admin }) => {
      if ((await partitionsOf(admin, topic)) === undefined)
        throw new SluiceError('TOPIC_MISSING', `topic ${topic} does not exist; an instance of ${config.applicationId} creates it`)
      const output = new Output(flags)
      const print = await output.lines(columns)
      let left = flags.count ?? Infinity
      for await (const { records } of readTopic(kafka, { topic, from: 'beginning', until: flags.follow ? undefined : 'end', signal })) {
        for (const record of records) {
          const view = deadLetterView(record)
          await print(output.human ? lineOf(view) : { ...view })
          if (--left <= 0) return
        }
      }
    })
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    end()
  }
}

/** Decodes a record of the dead-letter topic. */
export function deadLetterView({ key, value, headers, timestamp, partition, offset }: TopicRecord): DeadLetterView {
  const told = (name: keyof typeof deadLetterHeaders): string => textOf(headers?.[deadLetterHeaders[name]])
  return {
    code: told('code'),
    message: told('message'),
    topic: told('topic'),
    partition: numberIn(told('partition')),
    offset: numberIn(told('offset')),
    timestamp: Number(told('timestamp') || timestamp),
    task: told('node'),
    key: key === null ? null : key.toString(),
    bytes: numberIn(told('valueBytes')) ?? value?.length ?? null,
    deadLetter: { partition, offset },
  }
}

const columns: readonly LineColumn[] = [
  { name: 'time', width: 24 },
  { name: 'from', width: 24 },
  { name: 'key', width: 16 },
  { name: 'bytes', width: 8, align: 'right' },
  { name: 'code', width: 20 },
  { name: 'message', width: 60 },
]

function lineOf({ timestamp, topic, partition, offset, task, key, bytes, code, message }: DeadLetterView): Record<string, unknown> {
  const time = Number.isFinite(timestamp) ? new Date(timestamp).toISOString() : ''
  return { time, from: topic === '' ? `task ${task}` : `${topic} ${partition}/${offset}`, key, bytes, code, message }
}

function numberIn(text: string): number | null {
  return text === '' ? null : Number(text)
}

/** The value of a header, or the last of several values. */
function textOf(value: unknown): string {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value
  return typeof last === 'string' ? last : last instanceof Uint8Array ? Buffer.from(last).toString() : ''
}
