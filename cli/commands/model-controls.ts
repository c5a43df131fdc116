import { Command, Option } from 'commander'
import { SluiceError } from '../../base/index.ts'
import { addRestOptions, eventTime, type RestFlags, someText } from './command-options.ts'

type Action = Readonly<Record<string, unknown>>

interface ControlFlags extends RestFlags {
  readonly expectChampion?: string
  readonly expectPolicy?: string
  readonly effectiveFrom?: string
  readonly who?: string
  readonly reason?: string
  readonly wait: string
  readonly role?: string
  readonly weight?: string
  readonly name?: string
  readonly all?: boolean
}

/** The commands of `sluice models` that change which versions serve, by control records. */
export function modelControlCommands(): readonly Command[] {
  const roles = new Option('--role <role>', 'the role').choices(['champion', 'challenger', 'shadow', 'fallback']).makeOptionMandatory()
  return [
    command('promote', 'make a version the champion', '<version>', version => ({ promote: refOf(version) })),
    command('rollback', 'make the champion before, or the one that is named, the champion again', '[version]', version => ({
      rollback: version === undefined ? {} : refOf(version),
    })),
    command('set-role', 'give a version a role, in addition to those that others have', '<version>', (version, { role, weight }) => ({
      setRole: { of: refOf(version), role: role?.toUpperCase(), weight: Number(weight ?? 0) },
    }))
      .addOption(roles)
      .option('--weight <share>', "a challenger's share of the keys: above 0, at most 1"),
    command('retire', 'take the role and the names of a version, for ever', '<version>', version => ({ retire: refOf(version) })),
    command('alias', 'name a version; version 0 takes the name away', '<version>', (version, { name }) => ({
      alias: { alias: name, version: Number(version) },
    })).addOption(new Option('--name <name>', 'the name').makeOptionMandatory()),
    command(
      'cancel',
      'drop a change that waits for its time: of the record with this offset, or with --all',
      '[offset]',
      (offset, { all }) => ({
        cancel: cancelledOf(offset, all),
      }),
    ).option('--all', 'drop all changes of the data type that wait'),
    command('policy', 'set the whole policy: RoutingPolicy of proto/model.proto as JSON', '<json>', json => ({ setPolicy: jsonOf(json) })),
  ]
}

const argumentTexts: Readonly<Record<string, string>> = {
  '<json>': 'the policy',
  '[offset]': 'offset of its record in the models topic, as `sluice models waiting` and GET /models/DATA_TYPE show it',
}

/** A command that sends a control record and waits for its outcome. */
function command(
  name: string,
  description: string,
  argument: string,
  actionOf: (given: string | undefined, flags: ControlFlags) => Action,
): Command {
  const made = new Command(name)
    .description(description)
    .argument('<data-type>', 'the data type', someText)
    .argument(argument, argumentTexts[argument] ?? 'number or name of a version')
    .option('--expect-champion <version>', 'refuse it if another version is the champion; 0: if any is')
    .option('--expect-policy <number>', 'refuse it if another policy is in force')
    .addOption(
      new Option(
        '--effective-from <time>',
        'event time from which it is in force: ISO 8601 or ms since the epoch (default: at once)',
      ).argParser(eventTime),
    )
    .option('--who <text>', 'who asks for it')
    .option('--reason <text>', 'why')
    .option('--wait <seconds>', 'how long to wait until it is applied or refused', '10')
    .action((dataType: string, given: string | undefined, flags: ControlFlags) => send(dataType, actionOf(given, flags), flags))
  return addRestOptions(made)
}

async function send(dataType: string, action: Action, flags: ControlFlags): Promise<void> {
  const { askInstance } = await import('./rest-client.ts')
  const { Output } = await import('../output.ts')
  const { expectChampion, expectPolicy, effectiveFrom, who, reason, wait } = flags
  const expect = {
    ...(expectChampion === undefined ? {} : { champion: Number(expectChampion) }),
    ...(expectPolicy === undefined ? {} : { policy: Number(expectPolicy) }),
  }
  const bytes = JSON.stringify({ ...action, expect, effectiveFrom, who, reason })
  const path = `/models/${encodeURIComponent(dataType)}/control?wait=${encodeURIComponent(wait)}`
  await new Output(flags).fields((await askInstance(path, flags, { type: 'application/json', bytes })) as Record<string, string | number>)
}

function refOf(version: string | undefined): Action {
  const text = version ?? ''
  return /^\d+$/.test(text) ? { version: Number(text) } : { alias: text }
}

function cancelledOf(offset: string | undefined, all: boolean | undefined): Action {
  if ((offset === undefined) === (all !== true))
    throw new SluiceError('INPUT_INVALID', 'name either the offset of a change that waits, or --all')
  if (offset === undefined) return { all: true }
  if (!/^\d{1,15}$/.test(offset)) throw new SluiceError('INPUT_INVALID', `the offset is ${JSON.stringify(offset)}; allowed: a whole number`)
  return { offset: Number(offset) }
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', 'the policy is not JSON', { cause: error })
  }
}
