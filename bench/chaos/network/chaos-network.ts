import { freePort } from '../../../cli/kafka/index.ts'
import { KafkaPath, type Way } from './kafka-path.ts'
import { RequestRules } from './request-rules.ts'

export type { Way } from './kafka-path.ts'

/** A broker's own ports. */
interface Node {
  readonly id: number
  readonly port: number
  readonly controllerPort: number
}

/**
 * The network between the instances and the brokers. Each broker has a listener for each instance, which is advertised as a port of this network: so
 * an instance that asks for the brokers' addresses is told ports that only it uses, and nobody has to rewrite an answer.
 */
export class ChaosNetwork {
  /** By instance, then by broker. */
  readonly #paths: readonly (readonly KafkaPath[])[]
  readonly #listeners: readonly (readonly number[])[]
  readonly #rules: readonly RequestRules[]

  private constructor(rules: readonly RequestRules[], listeners: readonly (readonly number[])[], paths: readonly (readonly KafkaPath[])[]) {
    this.#rules = rules
    this.#listeners = listeners
    this.#paths = paths
  }

  static async open(instances: number, brokers: number): Promise<ChaosNetwork> {
    const rules = Array.from({ length: instances }, () => new RequestRules())
    const listeners: number[][] = []
    const paths: KafkaPath[][] = []
    for (const of of rules) {
      const ports: number[] = []
      while (ports.length < brokers) {
        const port = await freePort()
        if (![...ports, ...listeners.flat()].includes(port)) ports.push(port)
      }
      listeners.push(ports)
      paths.push(await Promise.all(ports.map(port => KafkaPath.open(of, port))))
    }
    return new ChaosNetwork(rules, listeners, paths)
  }

  /** Settings that make a broker part of the network. */
  properties({ id, port, controllerPort }: Node): Record<string, string> {
    const own = [`PLAINTEXT://127.0.0.1:${port}`, `CONTROLLER://127.0.0.1:${controllerPort}`]
    const names = this.#rules.map((_, instance) => `INSTANCE_${instance}`)
    const at = (ports: (instance: number) => number | undefined): string =>
      [...own, ...names.map((name, instance) => `${name}://127.0.0.1:${ports(instance)}`)].join(',')
    return {
      listeners: at(instance => this.#listeners[instance]?.[id - 1]),
      'advertised.listeners': at(instance => this.#paths[instance]?.[id - 1]?.port),
      'listener.security.protocol.map': ['PLAINTEXT', 'CONTROLLER', ...names].map(name => `${name}:PLAINTEXT`).join(','),
      // By default each listener has three.
      'num.network.threads': '1',
    }
  }

  /** The brokers' addresses for an instance, in the form of KAFKA_BROKERS. */
  brokersOf(instance: number): string {
    return this.#of(instance)
      .map(({ port }) => `127.0.0.1:${port}`)
      .join(',')
  }

  rulesOf(instance: number): RequestRules {
    return this.#rules[instance] as RequestRules
  }

  /** Nothing gets through one way, between an instance and a broker or (undefined) all. Returns what ends that. */
  hold(instance: number, broker: number | undefined, way: Way): (reset: boolean) => void {
    const paths = this.#of(instance).filter((_, index) => broker === undefined || index === broker)
    for (const path of paths) path.hold(way)
    return reset => {
      for (const path of paths) path.release(reset)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#paths.flat().map(path => path.close()))
  }

  #of(instance: number): readonly KafkaPath[] {
    return this.#paths[instance] as readonly KafkaPath[]
  }
}
