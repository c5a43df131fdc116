import { Command, Option } from 'commander'
import { type ServeConfig, serveSettings, settingOptions } from '../config/index.ts'

const help = `
Examples:
  $ sluice serve
  $ sluice serve --port 8889 --state-dir .sluice-2       a second instance of the same application, on the same machine
  $ SLUICE_APPLICATION_ID=wine sluice serve --config sluice.yaml

Prints one line of JSON on standard output once its tasks run: {"event":"ready",…}; its log goes to standard error, as JSON lines.
SIGTERM: for drainMs it is not ready and goes on answering, each answer ends its connection; then it lets requests finish, commits, leaves the group, and
ends with 0, within 10 s unless drainMs is longer than its default. Ctrl-C: the same without the drain. A second one leaves out what is left of the drain.
SIGHUP: tokens and certificates are read again, as they are by themselves when their files change.
Any setting: flag before environment before YAML file before default; docs/configuration.md has all of them.
`

/** `sluice serve`: one instance of the model-serving application. */
export function serveCommand(): Command {
  const command = new Command('serve')
    .description('run one instance: scores data records with the newest model of their type')
    .addOption(new Option('--config <file>', 'YAML file of settings (env: SLUICE_CONFIG)'))
    .addHelpText('after', help)
    .action(serve)
  for (const option of settingOptions(serveSettings)) command.addOption(option)
  return command
}

async function serve(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { processSources, resolveConfig } = await import('../config/config.ts')
  const read = (): ServeConfig => resolveConfig(processSources(flags))
  const config = read()
  const { ServeApplication } = await import('../serve/serve-application.ts')
  const { obeySignals } = await import('../serve/serve-signals.ts')
  const instance = new ServeApplication(config, read)
  obeySignals(instance)
  await instance.run(ready => process.stdout.write(`${JSON.stringify(ready)}\n`))
}
