/** `npm run bench:models`: measures the cost of scoring a record, by format and batch size. See --help. */
import { Command, Option } from 'commander'
import { Output } from '../../cli/index.ts'
import { makeWines, wineFields } from '../../examples/wine/index.ts'
import {
  checkInputs,
  contentOf,
  defaultModelFactory,
  type Model,
  type ModelFactory,
  ModelGuard,
  serviceLoader,
} from '../../models/index.ts'
import { messageOf } from '../../base/index.ts'
import { type BenchCase, casesIn, ownCases } from './bench-cases.ts'
import { ColumnRows, type Figure, measure } from './measure.ts'
import { startSumServer } from './sum-server.ts'

const sizes = [1, 16, 256, 4096] as const

interface Flags {
  readonly quick?: boolean
  readonly models?: string
  readonly json?: boolean
}

const help = `
Scores generated wine records in one thread, from columns to scores, without Kafka. Each figure is the median of several runs, in microseconds
per record: elapsed time and CPU time. Prints a table on a terminal, else one line of JSON per model and batch size. The last table, or line, is what a batch of
each size costs more where its model is in a process of its own (microseconds a batch, elapsed).

Examples:
  $ npm run bench:models
  $ npm run bench:models -- --quick
  $ npm run bench:models -- --models DIRECTORY        also every model file and SavedModel in the directory that takes wine records
`

const command = new Command('bench:models')
  .description('measure microseconds per record in batches of 1, 16, 256 and 4096, for each model format')
  .addOption(new Option('--quick', 'run for a few seconds only: rough figures'))
  .addOption(new Option('--models <directory>', 'directory of further models to measure'))
  .addOption(new Option('--json', 'print JSON on a terminal, too'))
  .addHelpText('after', help)

async function main(flags: Flags): Promise<void> {
  const wines = makeWines(4096, 11)
  const rows = new ColumnRows(
    wineFields,
    wines.map(({ features }) => features),
  )
  const server = await startSumServer(wineFields.length)
  let guard: ModelGuard | undefined
  try {
    const factory = defaultModelFactory().register('SERVICE', serviceLoader({ hosts: [server.host] }))
    guard = new ModelGuard({ factory, scoreDeadlineMs: 60_000 })
    const cases = [...ownCases(wines, server.location), ...(flags.models === undefined ? [] : await casesIn(flags.models))]
    const table: Record<string, unknown>[] = []
    const known = new Map<string, readonly Figure[]>()
    const beside: Record<string, unknown>[] = []
    const output = new Output(flags)
    for (const each of cases) {
      const model = await loadFitting({ factory, guard }, each, rows)
      if (model === undefined) continue
      const figures = await figuresOf(model, rows, flags)
      await model.dispose()
      table.push(rowOf(each.name, model.format, figures))
      known.set(each.name, figures)
      if (each.here !== undefined) beside.push(besideOf(each.name, figures, known.get(each.here) ?? []))
      if (!output.human) for (const figure of figures) await output.json({ model: each.name, format: model.format, ...figure })
    }
    if (!output.human) for (const row of beside) await output.json(row)
    else {
      await output.rows(['model', 'format', ...sizes.map(columnOf)], table)
      await output.rows(['a batch costs beside the model', ...sizes.map(besideColumn)], beside)
    }
  } finally {
    guard?.close()
    await server.stop()
  }
}

interface Loaders {
  readonly factory: ModelFactory
  readonly guard: ModelGuard
}

/** Loads a model. Returns undefined, with a note, if it cannot be loaded or does not take wine records. */
async function loadFitting(
  { factory, guard }: Loaders,
  { name, bytes, here }: BenchCase,
  { specs }: ColumnRows,
): Promise<Model | undefined> {
  let model: Model | undefined
  try {
    const load = { format: undefined, output: undefined }
    model = await (here === undefined
      ? factory.load({ bytes, ...load })
      : guard.open({ content: await contentOf(bytes), ...load, specs }, true))
    checkInputs(model, specs)
    return model
  } catch (error) {
    await model?.dispose()
    process.stderr.write(`${name} is skipped: ${messageOf(error)}\n`)
    return undefined
  }
}

async function figuresOf(model: Model, rows: ColumnRows, { quick }: Flags): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const batch of sizes)
    figures.push(await measure(model, rows, quick ? { batch, runs: 3, runMs: 20 } : { batch, runs: 7, runMs: 100 }))
  return figures
}

function columnOf(size: number): string {
  return `batch ${size}: µs (CPU)`
}

function besideColumn(size: number): string {
  return `batch ${size}: µs a batch`
}

/** What a batch costs more in a process of its own than in this thread, in microseconds. */
function besideOf(name: string, apart: readonly Figure[], here: readonly Figure[]): Record<string, unknown> {
  const costs = apart.map(({ batch, microseconds }, at) => [
    besideColumn(batch),
    Math.round((microseconds - (here[at]?.microseconds ?? NaN)) * batch),
  ])
  return { 'a batch costs beside the model': name, ...(Object.fromEntries(costs) as object) }
}

function rowOf(model: string, format: string, figures: readonly Figure[]): Record<string, unknown> {
  const cells = figures.map(({ batch, microseconds, cpuMicroseconds }) => [
    columnOf(batch),
    `${microseconds.toPrecision(2)} (${cpuMicroseconds.toPrecision(2)})`,
  ])
  return { model, format, ...(Object.fromEntries(cells) as object) }
}

await main(command.parse().opts<Flags>())
