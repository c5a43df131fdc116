/** What distinguishes one local broker from another. */
export interface BrokerAddress {
  readonly dir: string
  readonly port: number
  readonly controllerPort: number
  /** 0.0.0.0 inside a container, whose port is published on 127.0.0.1 alone. */
  readonly bindHost: '127.0.0.1' | '0.0.0.0'
}

/** One broker's place among several that are each a controller too; all know all from the start. */
export interface Quorum {
  readonly nodeId: number
  /** Kafka's Uuid, the same for all. */
  readonly clusterId: string
  /** Of each node, itself too. */
  readonly controllerPorts: Readonly<Record<number, number>>
}

/** A broker's settings: the launcher's own, and those of who starts it. */
export interface BrokerSettings extends BrokerAddress {
  /** undefined: it is its own controller, and alone. */
  readonly quorum?: Quorum | undefined
  /** Beside the launcher's own server properties, and before them. */
  readonly properties?: Readonly<Record<string, string | number | boolean>> | undefined
}

/** Where a broker in `dir` keeps what it stores. */
export const dataDirectory = (dir: string): string => `${dir}/data`

/**
 * server.properties of a broker that is a controller too: internal topics with one replica and few partitions, groups
 * that do not wait for more members, no topic that nobody asked for.
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

/** log4j2.properties: warnings and errors on standard output, where the launcher's log file takes them. */
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

/** A Java properties file: a backslash in a value would start an escape. */
function propertiesText(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${String(value).replaceAll('\\', '\\\\')}\n`)
    .join('')
}
