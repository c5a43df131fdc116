import { Command, Option } from 'commander'
import { type ServeConfig, serveSettings, settingOptions } from '../config/index.ts'

const help = `
Examples:
  $ sluice serve
  $ sluice serve --port 8889 --state-dir .sluice-2       a second instance of the same application, on the same machine
  $ SLUICE_APPLICATION_ID=wine sluice serve --config sluice.yaml

Prints one line of JSON to standard output when its tasks run: {"event":"ready",…}. The log goes to standard error, as JSON lines.
SIGTERM: for drainMs the instance reports that it is not ready but still answers, and closes each connection after its answer. It then completes
open requests, commits, leaves the group and exits with 0, within 10 s, also if no broker answers: it waits stopTimeoutMs for them (longer only if
drainMs or stopTimeoutMs is above its default). Ctrl-C: the same without the drain. A second signal ends the drain at once, a third ends the process at once.
SIGHUP: reads tokens and certificates again. The instance also does so when their files change.
A setting is taken from its flag, else its environment variable, else the YAML file, else its default; docs/configuration.md lists all settings.
`

/** `sluice serve`: runs one instance of the model-serving application. */
export function serveCommand(): Command {
  const command = new Command('serve')
    .description('run one instance, which scores data records with the newest model of their data type')
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
  const { toJson } = await import('../output.ts')
  const instance = new ServeApplication(config, read)
  obeySignals(instance)
  await instance.run(ready => process.stdout.write(`${toJson(ready)}\n`))
}
