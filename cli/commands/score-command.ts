import { Command, Option } from 'commander'
import type { Model } from '../../models/index.ts'
import { SluiceError } from '../../base/index.ts'
import { missingTexts, positiveInteger, someText } from './command-options.ts'
import type { ScoreInput } from '../score/index.ts'

const formats = ['onnx', 'pmml', 'tensorflow', 'tensorflowsaved', 'service'] as const

interface ScoreFlags {
  readonly output?: string
  readonly format?: (typeof formats)[number]
  readonly fields?: readonly string[]
  /** false: --no-header was given. true: not given, the header is detected from the content. */
  readonly header: boolean
  readonly missing?: ReadonlySet<string>
  readonly explain?: boolean
  readonly batch: number
  readonly json?: boolean
}

/** `sluice score`: scores the rows of a file with a model, without Kafka. */
export function scoreCommand(): Command {
  return new Command('score')
    .description('score the rows of a CSV file with a model, without Kafka; write CSV to standard output')
    .argument('<model>', "a model file or directory, a model server's URL, or - for standard input")
    .argument('<rows.csv>', 'CSV file with or without a header, separated by comma, semicolon or tab; - for standard input')
    .addOption(
      new Option('--output <name>', "the output that holds the score, for a model with several (default: the model's first)").argParser(
        someText,
      ),
    )
    .addOption(new Option('--format <format>', 'format that the model must have (default: detected from the content)').choices(formats))
    .addOption(
      new Option(
        '--fields <a,b,…>',
        "file without a header: the names of its columns (default: WineRecord's fields); file with a header: the columns to use, in this order",
      ).argParser(fieldNames),
    )
    .addOption(
      new Option('--missing <a,b,…>', 'cell texts that mean a missing value, as an empty cell does, such as NA,null,?').argParser(
        missingTexts,
      ),
    )
    .option('--no-header', 'treat the first line as data (default: it is data if all its cells are numbers)')
    .option('--explain', 'show which column each input of the model takes; score nothing')
    .addOption(new Option('--batch <n>', 'rows per call of the model').default(1024).argParser(positiveInteger))
    .option('--json', 'print JSON, one object per row')
    .addHelpText('after', help)
    .action(score)
}

const help = `
Examples:
  $ sluice score wine-linear.onnx wine.csv > scores.csv
  $ sluice score tree.pmml wine.csv --explain
  $ sluice score saved_model/ rows.csv --fields "fixed acidity,pH,alcohol"
  $ sluice score http://localhost:8501/v1/models/wine wine.csv --json | jq .score

Prints one line per row, in the order of the file: row (from 0), score, label, then the outputs of the model under their names. An output of
several values has the columns name[0], name[1], … or name(class). The score is the value of a regression; for a classifier the class if it is
a number, else the probability of the class; for a vector of numbers the index of the largest. The cells are empty if the model has no result.

An input takes the column of the same name, else the column whose name differs only in case, spaces and underscores (an error if there are
several). Other columns are ignored. A model with one vector input takes the columns in their order. Text is used unchanged, including leading
and trailing blanks. An empty cell, NaN in a numeric column and the texts of --missing are missing values; a model of numbers only (ONNX,
TensorFlow) gets NaN for them. 64-bit integers keep their exact value. A row with text in a numeric column, or with more or fewer cells than
the first row, gets an error instead of a score; the other rows are scored. For PMML, the model's invalidValueTreatment is applied first.
Exit codes: 0 success, 2 wrong usage, 1 a file cannot be read, the model does not fit the columns, or a row could not be scored.
`

function fieldNames(text: string): readonly string[] {
  return someText(text)
    .split(',')
    .map(name => someText(name.trim()))
}

async function score(modelName: string, rowsName: string, flags: ScoreFlags): Promise<void> {
  try {
    await scoreFile(modelName, rowsName, flags)
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    throw new SluiceError(error.code, `${error.message} [${error.code}]`, { cause: error })
  }
}

async function scoreFile(modelName: string, rowsName: string, flags: ScoreFlags): Promise<void> {
  if (modelName === '-' && rowsName === '-')
    throw new SluiceError('CONFIG_INVALID', 'the model and the rows cannot both come from standard input')
  const model = await loadModel(modelName, flags)
  try {
    const { openScoreInput } = await import('../score/score-input.ts')
    const source = rowsName === '-' ? process.stdin : rowsName
    const input = await openScoreInput(model, source, {
      fields: flags.fields,
      header: flags.header ? undefined : false,
      missing: flags.missing,
    })
    await (flags.explain ? explain : scoreAll)({ model, input, rowsName }, flags)
  } finally {
    await model.dispose()
  }
}

async function loadModel(name: string, { format, output }: ScoreFlags): Promise<Model> {
  const { readModel } = await import('../score/read-model.ts')
  const { defaultModelFactory } = await import('../../models/index.ts')
  const { serviceLoader } = await import('../../models/service/index.ts')
  const { bytes, host } = await readModel(name, process.stdin)
  const factory = defaultModelFactory().register('SERVICE', serviceLoader({ hosts: host === undefined ? [] : [host] }))
  return await factory.load({ bytes, format: format?.toUpperCase(), output })
}

interface Scoring {
  readonly model: Model
  readonly input: ScoreInput
  readonly rowsName: string
}

/** Prints which column each input takes, with its value in the first row. */
async function explain({ model: { inputs }, input: { specs, rows: given } }: Scoring, flags: ScoreFlags): Promise<void> {
  const { explainMapping, mapFeatures } = await import('../../models/index.ts')
  const { Output } = await import('../output.ts')
  let first: readonly (string | undefined)[] = []
  for await (const { cells } of given) {
    first = cells
    break
  }
  const rows = explainMapping(mapFeatures(inputs, specs), specs).map(({ input, index, type, field }) => {
    const value = first[specs.findIndex(spec => spec.name === field)]
    return { field: field ?? null, input, index, type, 'first value': value ?? null }
  })
  await new Output(flags).rows(['field', 'input', 'index', 'type', 'first value'], rows)
}

async function scoreAll({ model, input, rowsName }: Scoring, flags: ScoreFlags): Promise<void> {
  const { Output, note, progressBar } = await import('../output.ts')
  const { CsvScoreLines, JsonScoreLines } = await import('../score/score-lines.ts')
  const { scoreRows } = await import('../score/score-rows.ts')
  const output = new Output(flags)
  // No bar if the scores are printed on the same terminal.
  const shown = process.stderr.isTTY && !process.stdout.isTTY && rowsName !== '-'
  const bar = shown ? progressBar('rows', await countRows(rowsName)) : undefined
  if (input.absent.length > 0) note(`${rowsName} has no column for ${input.absent.join(', ')}: the value is missing in every row`)
  let done = 0
  try {
    const { rows, failed, faulty, firstFailure } = await scoreRows(model, input.batches(flags.batch), {
      lines: flags.json ? new JsonScoreLines() : new CsvScoreLines(model.outputs),
      write: each => output.plain(each),
      progress: count => bar?.update((done = count)),
    })
    if (failed > 0) throw new SluiceError('MODEL_FAILED', `the model failed on ${failed + faulty} of ${rows} rows; ${firstFailure}`)
    if (faulty > 0)
      throw new SluiceError(
        'INPUT_INVALID',
        `${faulty} of ${rows} rows could not be scored because their content is invalid; ${firstFailure}`,
      )
  } finally {
    bar?.stop(done)
  }
}

async function countRows(path: string): Promise<number> {
  const { countLines } = await import('./send-command.ts')
  return await countLines(path)
}
