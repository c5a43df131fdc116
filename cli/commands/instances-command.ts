import { Command } from 'commander'
import { addRestOptions, type RestFlags } from './command-options.ts'

/** `sluice instances`: the members of the group, as the queried instance reports them. */
export function instancesCommand(): Command {
  const command = new Command('instances')
    .description('list the running instances: state, stores, tasks, and the lag of standby tasks')
    .addHelpText('after', help)
    .action(instances)
  return addRestOptions(command)
}

const help = `
Examples:
  $ sluice instances
  $ sluice instances --url http://127.0.0.1:8889 --json

"standbyTasks" are the tasks whose stores the instance keeps up to date, so that it can take them over. The number in parentheses is the lag in
changelog offsets ("?": not known yet).
`

interface Shown {
  readonly host: string
  readonly port: number
  readonly instance: string
  readonly sharesAddress?: true
  readonly state?: string
  readonly version?: string
  readonly storeNames: readonly string[]
  readonly activeTasks: readonly string[]
  readonly standbyTasks?: readonly string[]
  readonly tasks?: readonly { readonly task: string; readonly state: string; readonly lag?: number }[]
}

async function instances(flags: RestFlags): Promise<void> {
  const { askInstance } = await import('./rest-client.ts')
  const { Output } = await import('../output.ts')
  const found = (await askInstance('/state/instances?details=true', flags)) as readonly Shown[]
  const output = new Output(flags)
  if (!output.human) {
    await output.rows(
      [],
      found.map(instance => ({ ...instance })),
    )
    return
  }
  await output.rows(['host', 'port', 'instance', 'state', 'version', 'storeNames', 'activeTasks', 'standbyTasks'], found.map(rowOf))
}

/** An instance as a row of the table. */
export function rowOf({ storeNames, activeTasks, standbyTasks = [], tasks = [], ...instance }: Shown): Record<string, unknown> {
  const lagOf = (task: string): string => String(tasks.find(each => each.task === task && each.state === 'standby')?.lag ?? '?')
  return {
    ...instance,
    state: instance.sharesAddress ? `${instance.state ?? ''}; another instance uses the same address` : instance.state,
    storeNames: storeNames.join(', '),
    activeTasks: activeTasks.join(', '),
    standbyTasks: standbyTasks.map(task => `${task} (${lagOf(task)})`).join(', '),
  }
}
