import { Command } from 'commander'
import { modelEventsCommand } from './model-events-command.ts'
import { modelControlCommands } from './model-controls.ts'
import { addRestOptions, type RestFlags, someText } from './command-options.ts'
import { listColumns, listRows, roundedTimes, rowsOf, versionColumns, versionRow, waitingColumns, waitingRow } from './models-view.ts'

/** `sluice models`: the models of each data type and their versions, as the queried instance reports them. */
export function modelsCommand(): Command {
  const list = new Command('list')
    .description('list the data types and the versions that have a role for each (the default)')
    .action(listModels)
  const history = new Command('history')
    .description('list all model versions of a data type, newest first')
    .argument('<data-type>', 'the data type', someText)
    .action(listVersions)
  const statistics = new Command('statistics')
    .description('list how each model version of a data type has served: a line for each role, percentiles of ms a call')
    .argument('<data-type>', 'the data type', someText)
    .action(listStatistics)
  const waiting = new Command('waiting')
    .description('list the changes of a data type that wait for their event time, the earliest first; see also cancel')
    .argument('<data-type>', 'the data type', someText)
    .action(listWaiting)
  const models = new Command('models')
    .description('show the models and their versions, and change which of them serve')
    .addHelpText('after', help)
    .addCommand(addRestOptions(list), { isDefault: true })
    .addCommand(addRestOptions(history))
    .addCommand(addRestOptions(statistics))
    .addCommand(addRestOptions(waiting))
    .addCommand(modelEventsCommand())
  for (const control of modelControlCommands()) models.addCommand(control)
  return models
}

const help = `
Examples:
  $ sluice models
  $ sluice models list --json
  $ sluice models history wine --url http://127.0.0.1:8889
  $ sluice models statistics wine
  $ sluice models set-role wine 4 --role challenger --weight 0.1
  $ sluice models promote wine 4 --expect-champion 3 --who ana --reason "better on the coast"
  $ sluice models promote wine 5 --effective-from 2026-12-01T00:00:00Z
  $ sluice models waiting wine
  $ sluice models events wine --trusted-keys instance.pub
  $ sluice models cancel wine 17
  $ sluice models rollback wine
`

type Row = Readonly<Record<string, unknown>>

async function listModels(flags: RestFlags): Promise<void> {
  await show('/models', flags, listColumns, listRows)
}

async function listVersions(dataType: string, flags: RestFlags): Promise<void> {
  await show(`/models/${encodeURIComponent(dataType)}/history`, flags, versionColumns, version => [versionRow(version)])
}

async function listWaiting(dataType: string, flags: RestFlags): Promise<void> {
  const { askInstance } = await import('./rest-client.ts')
  const { Output } = await import('../output.ts')
  const rows = rowsOf(((await askInstance(`/models/${encodeURIComponent(dataType)}`, flags)) as Row)['waiting'])
  const output = new Output(flags)
  await output.rows(waitingColumns, output.human ? rows.map(waitingRow) : rows)
}

/** A line for each version and role; one without a role for a version of which only an older build has counted calls. */
async function listStatistics(dataType: string, flags: RestFlags): Promise<void> {
  const columns = ['version', 'name', 'role', 'invocations', 'min', 'p50', 'p95', 'p99', 'max', 'duration']
  const answered = await asked(`/models/${encodeURIComponent(dataType)}/history`, flags)
  const used = answered.flatMap(({ version, name, statistics }): Row[] => {
    const { roles, ...all } = (statistics ?? {}) as Row
    const byRole = rowsOf(roles)
    const known = byRole.length > 0 ? byRole : Number(all['invocations'] ?? 0) > 0 ? [all] : []
    return known.map(figures => ({ version, name, ...figures }))
  })
  const { Output } = await import('../output.ts')
  const output = new Output(flags)
  await output.rows(columns, output.human ? used.map(roundedTimes) : used)
}

/** Prints the lines of each answer as a table, or the unchanged answers as JSON. */
async function show(path: string, flags: RestFlags, columns: readonly string[], linesOf: (answer: Row) => readonly Row[]): Promise<void> {
  const { Output } = await import('../output.ts')
  const rows = await asked(path, flags)
  const output = new Output(flags)
  await output.rows(columns, output.human ? rows.flatMap(linesOf) : rows)
}

async function asked(path: string, flags: RestFlags): Promise<readonly Row[]> {
  const { askInstance } = await import('./rest-client.ts')
  return rowsOf(await askInstance(path, flags))
}
