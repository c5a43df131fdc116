import { setTimeout as sleep } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { SluiceError } from '../../base/index.ts'
import type { Client } from './client.ts'
import { addClientOptions, type ClientFlags, positiveInteger, someText } from './command-options.ts'

interface WatchFlags extends ClientFlags {
  readonly fromBeginning?: boolean
  readonly count?: number
  readonly dataType?: string
}

/** `sluice watch`: prints new results. */
export function watchCommand(): Command {
  const command = new Command('watch')
    .description('show results as they come, until Ctrl-C')
    .option('--from-beginning', 'show the results that are already in the topic first (default: new results only)')
    .addOption(new Option('--count <n>', 'stop after n results').argParser(positiveInteger))
    .addOption(new Option('--data-type <type>', 'show only results of this data type').argParser(someText))
    .addHelpText('after', help)
    .action(watch)
  return addClientOptions(command, ['resultsTopic'])
}

const help = `
Examples:
  $ sluice watch
  $ sluice watch --from-beginning --count 10
  $ sluice watch --json --data-type wine | jq .score

On a terminal: one line per result. In a pipe: one JSON object per line, with all fields. A result whose status is not OK has no score.
`

async function watch(flags: WatchFlags): Promise<void> {
  const { processSources, resolveClientConfig } = await import('../config/config.ts')
  const config = resolveClientConfig(processSources(flags))
  const { interruption, withClient } = await import('./client.ts')
  const { readTopic } = await import('../../topology/runtime/topics/topic-reader.ts')
  const { Output } = await import('../output.ts')
  const { lineOf, resultColumns, resultOf } = await import('./result-view.ts')
  const topic = config.resultsTopic
  const { signal, end } = interruption()
  try {
    await withClient(config, { timeout: flags.timeout, signal }, async client => {
      const waited = await waitForTopic(client, topic, flags.timeout, signal)
      const output = new Output(flags)
      const print = await output.lines(resultColumns)
      let left = flags.count ?? Infinity
      // If the command waited for the topic, all records of the topic are new.
      for await (const { records } of readTopic(client.kafka, {
        topic,
        from: flags.fromBeginning || waited ? 'beginning' : 'end',
        signal,
      })) {
        for (const record of records) {
          const result = resultOf(record)
          if (flags.dataType !== undefined && result['dataType'] !== flags.dataType) continue
          await print(output.human ? lineOf(result) : result)
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

/** Waits until the topic exists. Returns whether it had to wait. Throws TOPIC_MISSING after `timeout` seconds. */
async function waitForTopic({ admin }: Client, topic: string, timeout: number, signal: AbortSignal): Promise<boolean> {
  const { partitionsOf } = await import('./client.ts')
  const { note } = await import('../output.ts')
  for (let seconds = 0; !signal.aborted; seconds++) {
    if ((await partitionsOf(admin, topic)) !== undefined) return seconds > 0
    if (seconds >= timeout) throw new SluiceError('TOPIC_MISSING', `topic ${topic} does not exist; an instance (sluice serve) creates it`)
    if (seconds % 5 === 0) note(`waiting for topic ${topic} (${seconds} s); an instance (sluice serve) creates it`)
    await sleep(1000, undefined, { signal })
  }
  return true
}
