import { mkdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import type { InstanceMetadata } from '../../topology/index.ts'
import type { Alteration } from './alteration.ts'
import type { ChaosBroker } from './chaos-broker.ts'
import { ChaosInstance } from './chaos-instance.ts'
import { applicationId, partitionCount, topics } from './chaos-topics.ts'
import { doorVariable } from './door-variable.ts'
import type { ChaosNetwork } from './network/index.ts'

export interface ChaosClusterOptions {
  readonly broker: ChaosBroker
  readonly directory: string
  readonly instances: number
  readonly sessionTimeoutMs: number
  readonly guarantee: string
  /** Standby replicas of each task; default 0. */
  readonly standbyReplicas?: number
  /** What a processor after the data processor does; undefined: no such processor, the instances are `sluice serve`. */
  readonly alteration: Alteration | undefined
  readonly log: (line: string) => void
  /** The network between the instances and the brokers; undefined: they are connected directly. */
  readonly network?: ChaosNetwork | undefined
  /** How models meet data; default: keyed. */
  readonly join?: string
  /** Stream threads of each instance; default 0. */
  readonly threads?: number
  /** The hosts that models may come from. */
  readonly modelHosts?: string
  /** Whether the instances have doors: see doors.ts. */
  readonly doors?: boolean
}

const crashPauseMs = 1000

/** The largest value that the setting allows. */
const modelWaitMs = 600_000

/** The broker and the instances of the application: the targets of faults. */
export class ChaosCluster {
  readonly broker: ChaosBroker
  readonly network: ChaosNetwork | undefined
  readonly instances: readonly ChaosInstance[]
  readonly partitions: readonly number[] = Array.from({ length: partitionCount }, (_, partition) => partition)
  /** A fault is applied to the broker, or it is being restarted. */
  brokerFaulty = false
  /** Number of unexpected exits of instances. */
  crashes = 0
  /** Number of instances that exited with a code other than 0 after SIGTERM. */
  badStops = 0
  readonly #options: ChaosClusterOptions
  #closing = false

  constructor(options: ChaosClusterOptions) {
    this.#options = options
    this.broker = options.broker
    this.network = options.network
    this.instances = Array.from({ length: options.instances }, (_, at) => this.#instance(at))
  }

  /** Starts all instances; resolves when each is ready. */
  async start(signal: AbortSignal): Promise<void> {
    await mkdir(this.#options.directory, { recursive: true })
    for (const instance of this.instances) instance.start()
    while (!this.instances.every(({ ready }) => ready)) await sleep(50, undefined, { signal })
  }

  /** The partitions whose tasks the instance has; all partitions if no instance knows. */
  async partitionsOf(instance: ChaosInstance): Promise<readonly number[]> {
    const members = await this.members(instance)
    const member = members?.find(({ port }) => port === instance.port)
    if (member === undefined) return this.partitions
    return [...new Set(member.activeTasks.map(task => Number(task.split('_')[1])))]
  }

  /** Number of active tasks of the application. With the broadcast join models have tasks of their own. */
  get tasks(): number {
    return this.partitions.length * (this.#options.join === 'broadcast' ? 2 : 1)
  }

  /** The members of the group, as an instance reports them. */
  async members(instance: ChaosInstance): Promise<readonly InstanceMetadata[] | undefined> {
    const answer = await instance.get('/state/instances')
    return answer?.status === 200 ? (answer.body as readonly InstanceMetadata[]) : undefined
  }

  /** Records how an instance ended after SIGTERM. */
  terminated(instance: ChaosInstance, code: number | null): void {
    if (code === 0) return
    this.badStops++
    this.#options.log(`instance ${instance.name} ended with ${code ?? 'SIGKILL'} after SIGTERM${this.brokerFaulty ? ' (broker down)' : ''}`)
  }

  /** Sends SIGTERM to all instances at the same time. */
  async terminate(): Promise<void> {
    this.#closing = true
    await Promise.all(this.instances.map(async instance => this.terminated(instance, await instance.terminate())))
  }

  /** Kills everything that runs. */
  async kill(): Promise<void> {
    this.#closing = true
    await Promise.all(this.instances.map(instance => instance.kill()))
  }

  #instance(at: number): ChaosInstance {
    const { directory, doors: doorsToo = false } = this.#options
    const name = String.fromCodePoint('A'.codePointAt(0)! + at)
    const stateDir = join(directory, `state-${name}`)
    const doorFile = join(directory, `${name}.door`)
    const doors = doorsToo ? ['--import', new URL('doors.mjs', import.meta.url).href] : []
    const instance: ChaosInstance = new ChaosInstance({
      name,
      args: [...process.execArgv, ...doors, ...this.#program(), ...this.#flags(at, stateDir)],
      env: { ...ownEnvironment(), ...(doorsToo ? { [doorVariable]: doorFile } : {}) },
      stateDir,
      doorFile,
      logFile: join(directory, `${name}.log`),
      onCrash: how => void this.#restart(instance, how),
    })
    return instance
  }

  async #restart(instance: ChaosInstance, how: string): Promise<void> {
    if (this.#closing) return
    this.crashes++
    this.#options.log(`instance ${instance.name} exited unexpectedly: ${how}`)
    await sleep(crashPauseMs)
    if (!this.#closing) instance.start()
  }

  #program(): readonly string[] {
    const { alteration } = this.#options
    return alteration === undefined ? [programFile('../../cli/main'), 'serve'] : [programFile('altered-instance'), alteration]
  }

  #flags(at: number, stateDir: string): readonly string[] {
    const { broker, network, sessionTimeoutMs, guarantee, standbyReplicas = 0, threads = 0, join = 'keyed', modelHosts } = this.#options
    const flags = {
      brokers: network?.brokersOf(at) ?? broker.brokers,
      'application-id': applicationId,
      'data-topic': topics.data,
      'models-topic': topics.models,
      'results-topic': topics.results,
      'state-dir': stateDir,
      port: '0',
      'session-timeout-ms': String(sessionTimeoutMs),
      guarantee,
      'standby-replicas': String(standbyReplicas),
      threads: String(threads),
      join,
      ...(modelHosts === undefined ? {} : { 'model-hosts': modelHosts }),
      // The check counts NO_MODEL as wrong, and the time to load a model on a busy machine is not under test.
      'model-wait-ms': String(modelWaitMs),
    }
    return Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value])
  }
}

/** The path of a program of the project, relative to this file, with the extension of this file (source or compiled). */
export function programFile(path: string): string {
  return fileURLToPath(new URL(`${path}${extname(import.meta.url)}`, import.meta.url))
}

/** The environment without settings of Sluice, so that only the settings of the run apply. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_') && name !== 'KAFKA_BROKERS'))
}
