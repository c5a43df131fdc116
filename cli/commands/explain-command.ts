import { Command, InvalidArgumentError, Option } from 'commander'
import { SluiceError } from '../../base/index.ts'
import type { Explanation } from '../explain/index.ts'
import { addClientOptions, type ClientFlags, rescoringSettings } from './command-options.ts'

interface ExplainFlags extends ClientFlags {
  readonly result?: boolean
  readonly all?: boolean
}

interface Place {
  readonly partition: number
  readonly offset: number
}

/** `sluice explain`: where a result comes from, from Kafka alone; and the input scored again. */
export function explainCommand(): Command {
  const command = new Command('explain')
    .description('show where a result comes from: its input, model, policy and the events around it; and score the input again')
    .argument('<place>', 'PARTITION:OFFSET of an input, in the data topic; with --result of a result, in the results topic', place)
    .addOption(new Option('--input', 'the place is one of the data topic (the default)').conflicts('result'))
    .option('--result', 'the place is one of the results topic')
    .option(
      '--all',
      'find every result of the input: written twice (at_least_once), of shadows, late ones; reads these topics to their ends',
    )
    .addHelpText('after', help)
    .action(explainPlace)
  const topics = ['applicationId', 'dataTopic', 'modelsTopic', 'resultsTopic', 'deadLetterTopic'] as const
  return addClientOptions(command, [...topics, 'store', ...rescoringSettings])
}

const help = `
Examples:
  $ sluice explain 2:41
  $ sluice explain 0:1093 --result
  $ sluice explain 2:41 --all --json | jq .again

Reads the topics of the application and needs no instance; the settings must be those of its instances. The model's bytes are taken from the changelog of
the store, or from the model's record. A model by location is read where it is: below modelRoots, on modelHosts, below codeRoots.
On a terminal: tables. In a pipe: one JSON object. The exit code is 1 if the input scored again gives another result than the one that is explained.
`

function place(text: string): Place {
  const parts = /^(\d{1,10})[:@](\d{1,16})$/.exec(text)
  if (parts === null) throw new InvalidArgumentError('Allowed: PARTITION:OFFSET, such as 2:41.')
  return { partition: Number(parts[1]), offset: Number(parts[2]) }
}

async function explainPlace(asked: Place, flags: ExplainFlags): Promise<void> {
  const { processSources, resolveConfig } = await import('../config/config.ts')
  const config = resolveConfig(processSources(flags))
  const { withClient } = await import('./client.ts')
  const { explain } = await import('../explain/index.ts')
  const { Output } = await import('../output.ts')
  const { explanationJson, printExplanation } = await import('./explain-view.ts')
  const { withServing } = await import('./with-serving.ts')
  await withServing(config, async serving => {
    const explanation = await withClient(config, { timeout: flags.timeout }, connection =>
      explain({ connection, topics: config, serving, place: asked, isResult: flags.result === true, all: flags.all === true }),
    )
    const output = new Output(flags)
    await (output.human ? printExplanation(output, explanation) : output.json(explanationJson(explanation)))
    refuseOther(explanation)
  })
}

/** Throws CHECK_FAILED where a model gives something else now. */
function refuseOther({ again }: Explanation): void {
  const other = again.filter(each => 'equal' in each && !each.equal).map(({ version }) => version)
  if (other.length > 0)
    throw new SluiceError('CHECK_FAILED', `scored again, version ${other.join(', ')} gives another result than the one that is explained`)
}
