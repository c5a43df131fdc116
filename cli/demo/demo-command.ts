import { Command, Option } from 'commander'

interface DemoFlags extends Readonly<Record<string, unknown>> {
  readonly brokers?: string
}

/** `sluice demo`: the product shown at work, every statement checked. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('show it at work, step by step: models, scores, state, a kill -9 and the recovery')
    .addOption(
      new Option(
        '--brokers <host:port,…>',
        'Kafka to use (default: one of its own on a free port; env: SLUICE_BROKERS, KAFKA_BROKERS; TLS and SASL: from SLUICE_SSL…, SLUICE_SASL…)',
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
  $ sluice demo                            # starts Kafka itself: needs Java 17+ and Maven, or Docker, or KAFKA_HOME
  $ sluice demo --brokers localhost:9092   # on a Kafka that runs already

Starts two instances of sluice serve on free ports, publishes two models, sends rows of wine.csv, asks both instances for the same
state, ends one with kill -9, lets the other take over and the first one restore, and shows the decoded changelog. It takes about
half a minute and checks all that it shows: exit 0 when everything held, 1 when something did not. Whatever it made is gone
afterwards, after a Ctrl-C too: processes, files, and on a Kafka that was given its topics and its consumer group.
`
