import { Command } from 'commander'
import { modelControlCommands } from './model-controls.ts'
import { addRestOptions, type RestFlags, someText } from './command-options.ts'

/** `sluice models`: the models of each data type and their versions, as the queried instance reports them. */
export function modelsCommand(): Command {
  const list = new Command('list').description('list the data types and the model that serves each (the default)').action(listModels)
  const history = new Command('history')
    .description('list all model versions of a data type, newest first')
    .argument('<data-type>', 'the data type', someText)
    .action(listVersions)
  const models = new Command('models')
    .description('show the models and their versions, and change which of them serve')
    .addHelpText('after', help)
    .addCommand(addRestOptions(list), { isDefault: true })
    .addCommand(addRestOptions(history))
  for (const control of modelControlCommands()) models.addCommand(control)
  return models
}

const help = `
Examples:
  $ sluice models
  $ sluice models list --json
  $ sluice models history wine --url http://127.0.0.1:8889
  $ sluice models set-role wine 4 --role challenger --weight 0.1
  $ sluice models promote wine 4 --expect-champion 3 --who ana --reason "better on the coast"
  $ sluice models promote wine 5 --effective-from 2026-12-01T00:00:00Z
  $ sluice models rollback wine
`

type Row = Readonly<Record<string, unknown>>

async function listModels(flags: RestFlags): Promise<void> {
  await show('/models', flags, ['dataType', 'name', 'version', 'format', 'since', 'invocations', 'hash'], row => {
    const { versions, current, statistics, ...rest } = row
    const serving = rowsOf(versions).find(({ version }) => version === current)
    return { ...rest, ...serving, version: current, invocations: (statistics as Row | null)?.['invocations'] }
  })
}

async function listVersions(dataType: string, flags: RestFlags): Promise<void> {
  const columns = ['version', 'role', 'name', 'format', 'since', 'invocations', 'size', 'kept', 'hash', 'location']
  await show(`/models/${encodeURIComponent(dataType)}/history`, flags, columns, row => ({
    ...row,
    invocations: (row['statistics'] as Row | undefined)?.['invocations'],
  }))
}

/** Prints `shown` of each row as a table, or the unchanged rows as JSON. */
async function show(path: string, flags: RestFlags, columns: readonly string[], shown: (row: Row) => Row): Promise<void> {
  const { askInstance } = await import('./rest-client.ts')
  const { Output } = await import('../output.ts')
  const rows = rowsOf(await askInstance(path, flags))
  const output = new Output(flags)
  await output.rows(columns, output.human ? rows.map(row => forPeople(shown(row))) : rows)
}

/** Formats times as ISO 8601 and shortens hashes to 12 characters. */
function forPeople(row: Row): Row {
  const { since, hash } = row
  return {
    ...row,
    since: typeof since === 'number' ? new Date(since).toISOString() : since,
    hash: typeof hash === 'string' ? hash.slice(0, 12) : hash,
  }
}

function rowsOf(value: unknown): readonly Row[] {
  return Array.isArray(value) ? (value as Row[]) : []
}
