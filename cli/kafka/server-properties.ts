/** The directory and ports of a local broker. */
export interface BrokerAddress {
  readonly dir: string
  readonly port: number
  readonly controllerPort: number
  /** 0.0.0.0 inside a container, whose port is published only on 127.0.0.1. */
  readonly bindHost: '127.0.0.1' | '0.0.0.0'
}

/** A broker's place in a static cluster of brokers that are all controllers. */
export interface Quorum {
  readonly nodeId: number
  /** A Kafka Uuid, the same for all brokers. */
  readonly clusterId: string
  /** Controller port of each node by node id, including this one. */
  readonly controllerPorts: Readonly<Record<number, number>>
}

/** All settings of a broker. */
export interface BrokerSettings extends BrokerAddress {
  /** undefined: a single broker that is its own controller. */
  readonly quorum?: Quorum | undefined
  /** Server properties that are added to those of the launcher and override them. */
  readonly properties?: Readonly<Record<string, string | number | boolean>> | undefined
}

/** The data directory of a broker in `dir`. */
export const dataDirectory = (dir: string): string => `${dir}/data`

/**
 * server.properties of a broker that is also a controller. Internal topics have one replica and few partitions, groups start
 * without a delay for more members, and topics are not created automatically.
 */
export function serverProperties(settings: BrokerSettings, logDirs = dataDirectory(settings.dir)): string {
  const { port, controllerPort, bindHost, quorum, properties } = settings
  return propertiesText({
    'process.roles': 'broker,controller',
    'node.id': quorum?.nodeId ?? 1,
    ...(quorum === undefined
      ? { 'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}` }
      : { 'controller.quorum.voters': votersOf(quorum) }),
    listeners: `PLAINTEXT://${bindHost}:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': logDirs,
    'auto.create.topics.enable': false,
    'default.replication.factor': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'log.message.timestamp.type': 'CreateTime',
    ...properties,
  })
}

function votersOf({ controllerPorts }: Quorum): string {
  return Object.entries(controllerPorts)
    .map(([id, port]) => `${id}@127.0.0.1:${port}`)
    .join(',')
}

/** log4j2.properties: warnings and errors on standard output, which the launcher redirects to its log file. */
export function loggingProperties(): string {
  return propertiesText({
    'appender.console.type': 'Console',
    'appender.console.name': 'console',
    'appender.console.layout.type': 'PatternLayout',
    'appender.console.layout.pattern': '%d{ISO8601} %-5p %c{1} - %m%n',
    'rootLogger.level': 'warn',
    'rootLogger.appenderRef.console.ref': 'console',
  })
}

/** Returns a Java properties file; backslashes are doubled because they start an escape. */
function propertiesText(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${String(value).replaceAll('\\', '\\\\')}\n`)
    .join('')
}
