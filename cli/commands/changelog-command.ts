import { Command } from 'commander'
import { SluiceError } from '../../base/index.ts'
import type { TopicBatch, TopicRecord } from '../../topology/runtime/topics/index.ts'
import type { ChangelogView } from './changelog-view.ts'
import { addClientOptions, type ClientFlags } from './command-options.ts'

interface ChangelogFlags extends ClientFlags {
  readonly store: string
  readonly latest?: boolean
  readonly follow?: boolean
}

/** `sluice changelog`: prints the records of a store's changelog topic. */
export function changelogCommand(): Command {
  const command = new Command('changelog')
    .description("show a store's changelog, decoded, record by record")
    .option('--store <name>', 'the store', 'ModelStateStore')
    .option('--latest', 'show only the last value of each key: what a restore would load')
    .option('--follow', 'continue with new records until Ctrl-C')
    .addHelpText('after', help)
    .action(changelog)
  return addClientOptions(command, ['applicationId'])
}

const help = `
Examples:
  $ sluice changelog
  $ sluice changelog --latest
  $ sluice changelog --application-id wine --follow --json

Reads the topic <applicationId>-<store>-changelog. Of a model's bytes only the length is shown. On a terminal, values longer than 160 characters are cut.
`

async function changelog(flags: ChangelogFlags): Promise<void> {
  if (flags.latest && flags.follow)
    throw new SluiceError('CONFIG_INVALID', '--latest cannot be used with --follow: the last values are known only at the end of the topic')
  const { processSources, resolveClientConfig } = await import('../config/config.ts')
  const config = resolveClientConfig(processSources(flags))
  const topic = `${config.applicationId}-${flags.store}-changelog`
  const { interruption, partitionsOf, withClient } = await import('./client.ts')
  const { readTopic } = await import('../../topology/runtime/topics/topic-reader.ts')
  const { changelogColumns, changelogLine, changelogView } = await import('./changelog-view.ts')
  const { Output } = await import('../output.ts')
  const { signal, end } = interruption()
  try {
    await withClient(config, { timeout: flags.timeout, signal }, async ({ kafka, admin }) => {
      if ((await partitionsOf(admin, topic)) === undefined) {
        throw new SluiceError(
          'TOPIC_MISSING',
          `topic ${topic} does not exist; an instance of application ${config.applicationId} creates it`,
        )
      }
      const output = new Output(flags)
      const print = await output.lines(changelogColumns)
      const batches = readTopic(kafka, { topic, from: 'beginning', until: flags.follow ? undefined : 'end', signal })
      const view = (record: TopicRecord): ChangelogView => changelogView(flags.store, record)
      for await (const change of flags.latest ? latestOf(batches, view) : everyOf(batches, view)) {
        await print(output.human ? changelogLine(change) : { ...change })
      }
    })
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    end()
  }
}

async function* everyOf(batches: AsyncIterable<TopicBatch>, view: (record: TopicRecord) => ChangelogView): AsyncIterable<ChangelogView> {
  for await (const { records } of batches) for (const record of records) yield view(record)
}

/** The last change of each key of each partition, ordered by partition and offset, without deleted keys. */
export async function* latestOf(
  batches: AsyncIterable<Pick<TopicBatch, 'records'>>,
  view: (record: TopicRecord) => ChangelogView,
): AsyncIterable<ChangelogView> {
  const latest = new Map<string, ChangelogView>()
  for await (const { records } of batches) {
    for (const record of records) {
      const id = `${record.partition}/${record.key?.toString('latin1')}`
      // Deleting first keeps the map in the order of the last changes.
      latest.delete(id)
      if (record.value) latest.set(id, view(record))
    }
  }
  yield* [...latest.values()].sort((a, b) => a.partition - b.partition || a.offset - b.offset)
}
