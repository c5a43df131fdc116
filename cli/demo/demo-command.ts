import { Command, Option } from 'commander'

interface DemoFlags extends Readonly<Record<string, unknown>> {
  readonly brokers?: string
}

/** `sluice demo`: shows Sluice at work and checks every statement. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('run a demonstration step by step: models, scores, state, a kill -9 and the recovery')
    .addOption(
      new Option(
        '--brokers <host:port,…>',
        'Kafka to use (default: the demo starts one on a free port; env: SLUICE_BROKERS, KAFKA_BROKERS; TLS and SASL: from SLUICE_SSL…, SLUICE_SASL…)',
      ),
    )
    .addHelpText('after', help)
    .action(async (flags: DemoFlags) => {
      const { runDemo } = await import('./run-demo.ts')
      await runDemo(flags, process.env)
    })
}

const help = `
Examples:
  $ sluice demo                            # starts Kafka: needs Java 17+ and Maven, or Docker, or KAFKA_HOME
  $ sluice demo --brokers localhost:9092   # on a Kafka that runs already

Starts two instances of sluice serve on free ports, publishes two models, sends rows of wine.csv, queries the same state on both
instances, ends one with kill -9, waits until the other has taken over, restarts the first, which restores its state, and shows the
decoded changelog. It takes about half a minute and checks every statement: exit code 0 if all checks pass, 1 if one fails. At the
end, and after Ctrl-C, it removes what it created: processes, files and, on a Kafka given by --brokers, its topics and consumer group.
`
