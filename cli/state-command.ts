import { Command } from 'commander'
import { addRestOptions, type RestFlags, someText } from './command-options.ts'

/** `sluice state KEY`: the last committed value of a key, whichever instance holds it. */
export function stateCommand(): Command {
  const command = new Command('state')
    .description('show the state of a key: for the models, of a data type')
    .argument('<key>', 'the key', someText)
    .option('--store <name>', 'the store', 'ModelStateStore')
    .addHelpText('after', help)
    .action(state)
  return addRestOptions(command)
}

const help = `
Examples:
  $ sluice state wine
  $ sluice state wine --url http://127.0.0.1:8889 --json
`

async function state(key: string, flags: RestFlags & { readonly store: string }): Promise<void> {
  const { askInstance } = await import('./rest-client.ts')
  const { Output } = await import('./output.ts')
  const answer = await askInstance(`/state/${encodeURIComponent(flags.store)}/keys/${encodeURIComponent(key)}`, flags)
  const output = new Output(flags)
  if (!output.human) return await output.json(answer)
  const { value, ...rest } = answer as Readonly<Record<string, unknown>>
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  await output.fields({ ...rest, ...(isObject ? (value as Record<string, unknown>) : { value }) })
}
