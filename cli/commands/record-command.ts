import { Command, InvalidArgumentError, Option } from 'commander'
import { SluiceError } from '../../base/index.ts'
import { addClientOptions, type ClientFlags, positiveInteger, rescoringSettings, someText } from './command-options.ts'

interface RecordFlags extends ClientFlags {
  readonly out: string
  readonly fromOffset?: number
  readonly last?: number
  readonly limit?: number
}

/** `sluice record`: a stretch of results with their inputs and models, in a file. */
export function recordCommand(): Command {
  const command = new Command('record')
    .description('write results with their inputs and models to a file, which sluice replay scores again without Kafka')
    .addOption(new Option('--out <file>', 'the file').argParser(someText).makeOptionMandatory())
    .addOption(
      new Option('--from-offset <n>', 'the first offset in each partition of the results topic (default: the oldest)').argParser(offset),
    )
    .addOption(
      new Option('--last <n>', 'begin so many offsets before the end of each partition of the results topic')
        .argParser(positiveInteger)
        .conflicts('fromOffset'),
    )
    .addOption(new Option('--limit <n>', 'end after n results (default: at the end of the topic)').argParser(positiveInteger))
    .addHelpText('after', help)
    .action(record)
  const topics = ['applicationId', 'dataTopic', 'modelsTopic', 'resultsTopic', 'store'] as const
  return addClientOptions(command, [...topics, ...rescoringSettings])
}

const help = `
Examples:
  $ sluice record --out wine.recording --last 5000
  $ sluice record --out wine.recording --application-id wine --results-topic wine-results --data-topic wine --models-topic wine-models
  $ sluice record --out wine.recording --from-offset 120000 --limit 10000 --json | jq .modelGone
  $ sluice replay wine.recording

Reads committed results, the inputs that they name, and each model that made them, once: the bytes are those of the changelog of the store or of the model's
record. The settings must be those of the instances; none has to run. A model by location whose bytes the store does not keep is recorded as its location.
Results whose input or model has expired are left out and counted (inputGone, modelGone), and so are records of the topic that are no results (stray).
--last counts offsets; the ends of transactions have some too. The file holds the data as it is in Kafka: protect it as you protect the topics.
`

function offset(text: string): number {
  const value = Number(text)
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('Allowed: a whole number from 0.')
  return value
}

async function record(flags: RecordFlags): Promise<void> {
  const { processSources, resolveConfig } = await import('../config/config.ts')
  const config = resolveConfig(processSources(flags))
  const { interruption, withClient } = await import('./client.ts')
  const { withServing } = await import('./with-serving.ts')
  const { Output, progressBar } = await import('../output.ts')
  const { RecordingWriter, recordResults, TopicSource } = await import('../recording/index.ts')
  const { packageVersion } = await import('../package-version.ts')
  const { applicationId, dataTopic, modelsTopic, resultsTopic } = config
  const stop = interruption()
  let stray = 0
  const stretch = { ...flags, dataTopic, resultsTopic, signal: stop.signal, onStray: () => void stray++ }
  try {
    await withServing(config, serving =>
      withClient(config, { timeout: flags.timeout, signal: stop.signal }, async connection => {
        const source = new TopicSource({ connection, topics: config, serving, stretch })
        const topics = { applicationId, dataTopic, modelsTopic, resultsTopic }
        const writer = await RecordingWriter.open(flags.out, {
          sluice: packageVersion(),
          recordedAt: new Date().toISOString(),
          ...topics,
        })
        try {
          const bar = progressBar('results', await source.most())
          let done = 0
          const recorded = await recordResults(source, writer, results => bar.update((done = results))).finally(() => bar.stop(done))
          if (stop.signal.aborted) throw new SluiceError('INPUT_INVALID', 'interrupted: nothing was recorded')
          await writer.end()
          await new Output(flags).fields({ file: flags.out, ...recorded, stray })
        } catch (error) {
          await writer.abandon()
          throw error
        } finally {
          await source.close()
        }
      }),
    )
  } finally {
    stop.end()
  }
}
