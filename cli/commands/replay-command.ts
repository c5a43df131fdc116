import { Command, InvalidArgumentError, Option } from 'commander'
import { SluiceError } from '../../base/index.ts'
import type { ReplayFigures } from '../recording/index.ts'
import type { Output } from '../output.ts'
import { addLocalOptions, positiveInteger, rescoringSettings } from './command-options.ts'

interface ReplayFlags extends Readonly<Record<string, unknown>> {
  readonly tolerance: number
  readonly show: number
  readonly json?: boolean
}

/** `sluice replay`: scores the inputs of a recording again in this build. */
export function replayCommand(): Command {
  const command = new Command('replay')
    .description('score the inputs of a recording again in this build, without Kafka, and compare with the results')
    .argument('<file>', 'a file of sluice record')
    .addOption(
      new Option('--tolerance <t>', 'how far two numbers may be apart, as a share of the larger, or of 1 (0: equal to the last bit)')
        .default(0)
        .argParser(tolerance),
    )
    .addOption(new Option('--show <n>', 'show the first n results that differ').default(20).argParser(positiveInteger))
    .addHelpText('after', help)
    .action(replay)
  return addLocalOptions(command, rescoringSettings)
}

const help = `
Examples:
  $ sluice replay wine.recording
  $ sluice replay wine.recording --tolerance 1e-6          on a machine with another processor
  $ sluice replay wine.recording --json | jq '.differing[]'

Scores each input with the very model that its result names – of a composite both, of a race each – and compares status, score, label and outputs; of a failure
the reason. The settings data.… must be those of the instances that gave the results; a model by location is read where it is, as modelRoots, modelHosts and
codeRoots allow. On a terminal: tables. In a pipe: one JSON object.

Exit codes: 0 all that could be compared is equal, 1 a result differs, nothing could be compared, or the file is wrong or cut off, 2 wrong usage.
`

function tolerance(text: string): number {
  const value = Number(text)
  if (!/^\d*\.?\d+(e-?\d+)?$/i.test(text) || value > 1) throw new InvalidArgumentError('Allowed: a number from 0 to 1, such as 1e-6.')
  return value
}

async function replay(file: string, flags: ReplayFlags): Promise<void> {
  const { processSources, resolveConfig } = await import('../config/config.ts')
  const config = resolveConfig(processSources(flags))
  const { withServing } = await import('./with-serving.ts')
  const { Output, progressBar } = await import('../output.ts')
  const { RecordingReader, replayed, ReplayFigures } = await import('../recording/index.ts')
  const recording = await RecordingReader.open(file)
  const figures = new ReplayFigures(flags.show)
  const bar = progressBar('results', recording.size)
  await withServing(config, async serving => {
    for await (const each of replayed(recording, { serving, tolerance: flags.tolerance })) {
      figures.add(each)
      bar.update(figures.results)
    }
  }).finally(() => bar.stop(figures.results))
  await print(new Output(flags), file, figures)
  refuseOther(figures, file)
}

async function print(output: Output, file: string, figures: ReplayFigures): Promise<void> {
  const { results, equal, besideOthers, different, differing, notComparable } = figures
  const counts = { file, results, equal, besideOthers, different }
  if (!output.human) {
    const reasons = [...notComparable].map(([why, count]) => ({ why, results: count }))
    return await output.json({ ...counts, notComparable: reasons, differing })
  }
  if (differing.length > 0) {
    await output.rows(
      ['result', 'input', 'dataType', 'version', 'role', 'differs', 'was', 'now'],
      differing.map(each => ({ ...each, was: outcomeText(each.was), now: each.now && outcomeText(each.now) })),
    )
    if (different > differing.length) await output.line(`… and ${different - differing.length} more`)
  }
  await output.fields(counts)
  if (notComparable.size === 0) return
  await output.line('not comparable')
  await output.rows(
    ['results', 'why'],
    [...notComparable].map(([why, count]) => ({ results: count, why })),
  )
}

function outcomeText({ status, score, label }: ReplayFigures['differing'][number]['was']): string {
  return [status === 'OK' ? String(score) : status, label].filter(text => text !== '').join(' ')
}

/** Throws CHECK_FAILED where a result is another one now, and where nothing was compared: such a check would find nothing. */
function refuseOther({ different, equal, results, differing }: ReplayFigures, file: string): void {
  const [first] = differing
  if (different > 0)
    throw new SluiceError(
      'CHECK_FAILED',
      `${different} of ${results} results are others now, the first ${first?.result} of the input ${first?.input}: ${first?.differs}`,
    )
  if (equal === 0) throw new SluiceError('CHECK_FAILED', `none of the ${results} results of ${file} could be compared`)
}
