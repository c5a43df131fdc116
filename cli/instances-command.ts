import { Command } from 'commander'
import { addRestOptions, type RestFlags } from './command-options.ts'

/** `sluice instances`: the group, as any of its instances tells it. */
export function instancesCommand(): Command {
  const command = new Command('instances')
    .description('list the running instances, with their stores and tasks')
    .addHelpText('after', help)
    .action(instances)
  return addRestOptions(command)
}

const help = `
Examples:
  $ sluice instances
  $ sluice instances --url http://127.0.0.1:8889 --json
`

async function instances(flags: RestFlags): Promise<void> {
  const { askInstance } = await import('./rest-client.ts')
  const { Output } = await import('./output.ts')
  const found = await askInstance('/state/instances', flags)
  const output = new Output(flags)
  const rows = (Array.isArray(found) ? found : []) as readonly Readonly<Record<string, unknown>>[]
  if (!output.human) return await output.rows([], rows)
  const listed = (value: unknown): unknown => (Array.isArray(value) ? value.join(', ') : value)
  const shown = rows.map(row => ({ ...row, storeNames: listed(row['storeNames']), activeTasks: listed(row['activeTasks']) }))
  await output.rows(['host', 'port', 'instance', 'storeNames', 'activeTasks'], shown)
}
