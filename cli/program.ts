import { Command, CommanderError } from 'commander'
import { messageOf, SluiceError } from '../base/index.ts'
import { nearestName } from '../base/options/index.ts'
import {
  brokerCommand,
  changelogCommand,
  deadLettersCommand,
  explainCommand,
  instancesCommand,
  modelsCommand,
  publishCommand,
  recordCommand,
  replayCommand,
  scoreCommand,
  sendCommand,
  serveCommand,
  signCommand,
  stateCommand,
  watchCommand,
} from './commands/index.ts'
import { demoCommand } from './demo/index.ts'
import { packageVersion } from './package-version.ts'
import { oneLine } from './one-line.ts'

/** Every command, in the order of the help. A command loads large modules only when it runs. */
const commands: readonly (() => Command)[] = [
  demoCommand,
  brokerCommand,
  serveCommand,
  signCommand,
  publishCommand,
  sendCommand,
  watchCommand,
  scoreCommand,
  changelogCommand,
  instancesCommand,
  modelsCommand,
  stateCommand,
  deadLettersCommand,
  explainCommand,
  recordCommand,
  replayCommand,
]

const help = `
First steps, each in a terminal of its own:
  $ sluice broker start                                 a Kafka broker on this machine
  $ sluice serve                                        an instance: scores records with the newest model of their data type
  $ sluice publish wine-linear.onnx --data-type wine    a model
  $ sluice send wine.csv --data-type wine               records to score
  $ sluice watch --from-beginning                       the scores

Each command has --help with examples. Exit codes: 0 success, 1 failure, 2 wrong usage or configuration.
`

/** The `sluice` command line. */
export function createProgram(): Command {
  const program = new Command('sluice')
    .description('serves machine-learning models as data on Kafka')
    .version(packageVersion())
    .addHelpText('after', help)
  for (const command of commands) program.addCommand(command())
  prepare(program)
  return program
}

/** Runs a command line (without node and script) and returns the exit code. A failure is one line on standard error. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const program = createProgram()
    await program.parseAsync([...withHelp(program, args)], { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return exitCodeOf(error)
    process.stderr.write(errorLine(error))
    return error instanceof SluiceError && error.code === 'CONFIG_INVALID' ? 2 : 1
  }
}

/** Returns any thrown value as one line for standard error. */
export function errorLine(error: unknown): string {
  return `sluice: ${oneLine(messageOf(error))}\n`
}

/** --help, --version and the command `help` exit with 0. All other commander errors are wrong usage; commander has already printed their message. */
function exitCodeOf({ code, exitCode }: CommanderError): number {
  // Help that was asked for; commander gives help in place of a missing command the exit code 1.
  const help = code === 'commander.helpDisplayed' || (code === 'commander.help' && exitCode === 0)
  return help || code === 'commander.version' ? 0 : 2
}

/** `help NAME…` as `NAME… --help`: commander looks at the first name only, and shows the whole help for one that it does not know. Refuses such a name. */
function withHelp(command: Command, args: readonly string[]): readonly string[] {
  const [first, ...rest] = args
  const inner = innerOf(command, first)
  if (inner !== undefined) return [inner.name(), ...withHelp(inner, rest)]
  if (first !== 'help' || command.commands.length === 0) return args
  const path: string[] = []
  let at = command
  for (const name of rest) {
    if (at.commands.length === 0 || name === 'help' || name.startsWith('-')) break
    at = innerOf(at, name) ?? unknownCommand(at, name)
    path.push(name)
  }
  return [...path, '--help']
}

function innerOf(command: Command, name: string | undefined): Command | undefined {
  return command.commands.find(each => each.name() === name)
}

function unknownCommand(command: Command, name: string): never {
  const names = command.commands.map(inner => inner.name())
  const nearest = nearestName(name, names)
  const meant = nearest === undefined ? '' : ` (Did you mean ${nearest}?)`
  return command.error(`error: unknown command '${name}'${meant}`, { code: 'commander.unknownCommand' })
}

/** Longest text in quotes of a message, and longest message, of commander's. */
const [longestName, longestMessage] = [200, 1000]

/** The message of commander without its prefix, as one line; of a long name or value only the beginning. */
function shownMessage(text: string): string {
  const short = text
    .replace(/^error: /, '')
    .replaceAll(/'[^']*'/g, quoted => (quoted.length <= longestName ? quoted : `${quoted.slice(0, longestName)}…'`))
  return oneLine(short.length <= longestMessage ? short : `${short.slice(0, longestMessage)}…`)
}

/** Makes commander throw its errors instead of ending the process, and print them as one line, for the command and its subcommands. */
function prepare(command: Command): void {
  const path: string[] = []
  for (let at: Command | null = command; at; at = at.parent) path.unshift(at.name())
  command.exitOverride().configureOutput({
    outputError: (text, write) => write(`sluice: ${shownMessage(text)} (see ${path.join(' ')} --help)\n`),
  })
  for (const inner of command.commands) prepare(inner)
}
