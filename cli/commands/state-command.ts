import { Command, Option } from 'commander'
import { SluiceError } from '../../base/index.ts'
import { addRestOptions, positiveInteger, type RestFlags, someText } from './command-options.ts'

interface StateFlags extends RestFlags {
  readonly store: string
  readonly all?: boolean
  readonly prefix?: string
  readonly limit?: number
  readonly latest?: boolean
}

/** `sluice state KEY`: prints the last committed value of a key, from the instance that holds it, or the values of all keys. */
export function stateCommand(): Command {
  const command = new Command('state')
    .description('show the state of one key (for models: of one data type), or of all keys')
    .argument('[key]', 'the key')
    .option('--store <name>', 'the store', 'ModelStateStore')
    .option('--all', 'show all keys, in order')
    .addOption(new Option('--prefix <text>', 'show all keys that begin with this text').argParser(someText))
    .addOption(new Option('--limit <n>', 'show at most n keys').argParser(positiveInteger))
    .option('--latest', 'include writes that are not committed yet')
    .addHelpText('after', help)
    .action(state)
  return addRestOptions(command)
}

const help = `
Examples:
  $ sluice state wine
  $ sluice state wine --url http://127.0.0.1:8889 --json
  $ sluice state --all
  $ sluice state --prefix wine/ --limit 100
`

/** Number of keys per request. */
const pageSize = 1000

interface Page {
  readonly entries: readonly { readonly key: string; readonly value: unknown; readonly stale?: boolean }[]
  readonly next?: string
}

async function state(key: string | undefined, flags: StateFlags): Promise<void> {
  const several = flags.all === true || flags.prefix !== undefined
  if (several === (key !== undefined)) throw new SluiceError('CONFIG_INVALID', 'give either a key, or --all or --prefix')
  if (key === undefined) return await listed(flags)
  const { askInstance } = await import('./rest-client.ts')
  const { Output } = await import('../output.ts')
  const { keyPath } = await import('../../rest/queries/key-path.ts')
  const answer = await askInstance(keyPath(flags.store, key, '', flags.latest ? [['read', 'latest']] : []), flags)
  const output = new Output(flags)
  if (!output.human) return await output.json(answer)
  const { value, ...rest } = answer as Readonly<Record<string, unknown>>
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  await output.fields({ ...rest, ...(isObject ? (value as Record<string, unknown>) : { value }) })
}

async function listed(flags: StateFlags): Promise<void> {
  const { askInstance } = await import('./rest-client.ts')
  const { Output } = await import('../output.ts')
  const print = await new Output(flags).lines([
    { name: 'key', width: 24 },
    { name: 'value', width: 100 },
  ])
  let left = flags.limit ?? Infinity
  let after: string | undefined
  do {
    const page = (await askInstance(pagePath(flags, after, Math.min(left, pageSize)), flags)) as Page
    for (const entry of page.entries) await print({ ...entry })
    left -= page.entries.length
    after = page.next
  } while (after !== undefined && left > 0)
}

function pagePath({ store, prefix, latest }: StateFlags, after: string | undefined, limit: number): string {
  const query = new URLSearchParams({ limit: String(limit) })
  if (prefix !== undefined) query.set('prefix', prefix)
  if (after !== undefined) query.set('after', after)
  if (latest) query.set('read', 'latest')
  return `/state/${encodeURIComponent(store)}/all?${query.toString()}`
}
