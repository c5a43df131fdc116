import { Command, Option } from 'commander'
import { SluiceError } from '../../base/index.ts'
import { addClientOptions, type ClientFlags, eventTime, someText } from './command-options.ts'

interface ModelEventsFlags extends ClientFlags {
  readonly trustedKeys?: readonly string[]
  readonly since?: string
}

/** `sluice models events`: what happened to the models, from Kafka alone, and who signed that. */
export function modelEventsCommand(): Command {
  const command = new Command('events')
    .description('list what happened to models, from the topic of events; with --trusted-keys, only as far as those have signed it')
    .argument('[data-type]', 'only the events of this data type', someText)
    .addOption(new Option('--trusted-keys <file,…>', 'PEM files of the public keys of instances (eventKey)').argParser(files))
    .addOption(new Option('--since <time>', 'begin at the first record of each partition from that time on').argParser(eventTime))
    .addHelpText('after', help)
    .action(listEvents)
  return addClientOptions(command, ['applicationId'])
}

const help = `
Examples:
  $ sluice models events
  $ sluice models events wine --trusted-keys instance.pub
  $ sluice models events --json | jq -r 'select(.event == "refused") | .why'

Reads the topic <applicationId>-model-events and needs no instance. Each event has its signature: "unsigned"; "signed by" and the key; without --trusted-keys
"not verified" and the key that it names; or "wrong" and why.
With --trusted-keys the exit code is 1 if there is a record that no trusted key has signed as it is: see docs/signing.md.
`

async function listEvents(dataType: string | undefined, flags: ModelEventsFlags): Promise<void> {
  const { processSources, resolveClientConfig } = await import('../config/config.ts')
  const { trustedKeys, since, ...settings } = flags
  const config = resolveClientConfig(processSources(settings))
  const { partitionsOf, withClient } = await import('./client.ts')
  const { readTopic } = await import('../../topology/runtime/topics/index.ts')
  const { TrustedKeys } = await import('../../models/index.ts')
  const { Output } = await import('../output.ts')
  const { EventReader, eventColumns, eventLine } = await import('./model-events-view.ts')
  const keys = trustedKeys === undefined ? undefined : TrustedKeys.read(trustedKeys)
  const reader = new EventReader({ keys, application: config.applicationId, dataType, since: since === undefined ? 0 : timeOf(since) })
  const topic = `${config.applicationId}-model-events`
  await withClient(config, { timeout: flags.timeout }, async ({ kafka, admin }) => {
    if ((await partitionsOf(admin, topic)) === undefined)
      throw new SluiceError('TOPIC_MISSING', `topic ${topic} does not exist; an instance of ${config.applicationId} creates it`)
    const output = new Output(flags)
    const print = await output.lines(eventColumns)
    for await (const { records } of readTopic(kafka, { topic, from: 'beginning', until: 'end' }))
      for (const record of records) {
        const read = reader.read(record)
        if (read !== undefined) await print(output.human ? eventLine(read) : { ...read })
      }
  })
  const { doubtful } = reader
  if (doubtful > 0)
    throw new SluiceError('CHECK_FAILED', `${doubtful} ${doubtful === 1 ? 'record' : 'records'} of ${topic} no trusted key has signed`)
}

function files(text: string): readonly string[] {
  return someText(text).split(',')
}

function timeOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Date.parse(text)
}
