import { pino, type Logger } from 'pino'
import { messageOf, SluiceError } from '../../base/index.ts'
import { ServingInstance } from '../../instance/index.ts'
import type { RestLog, RestServer } from '../../rest/index.ts'
import type { StreamsState } from '../../topology/index.ts'
import type { RestoreProgress, StreamsListener } from '../../topology/runtime/index.ts'
import { type ServeConfig, streamsOptions, settings } from '../config/index.ts'
import { packageVersion } from '../package-version.ts'
import { AccessRenewal } from './access-renewal.ts'
import { RestoreBar } from './restore-bar.ts'
import { modelServing, servingModule, servingSettings } from './serving-module.ts'

/** Longest time for an orderly stop, including a drain and a wait for the brokers of the default lengths. */
const stopWithinMs = 9000

/** Reported once, when all tasks run for the first time. */
export interface ReadyEvent {
  readonly event: 'ready'
  readonly port: number
  readonly instance: string
  /** Records read from changelogs for all stores, and the longest time for one store, ms. */
  readonly restored: { readonly records: number; readonly milliseconds: number }
}

/** Runs a serving instance as a process: settings, log, restore bar, renewal of tokens and certificates, and a time limit for stopping. */
export class ServeApplication {
  readonly #config: ServeConfig
  readonly #read: () => ServeConfig
  readonly #logger: Logger
  readonly #log: RestLog
  readonly #instance: ServingInstance
  readonly #restoreBar = new RestoreBar()
  #renewal: AccessRenewal | undefined
  #deadline: NodeJS.Timeout | undefined

  /** `read` reads the settings again. Throws CONFIG_INVALID. */
  constructor(config: ServeConfig, read: () => ServeConfig) {
    this.#config = config
    this.#read = read
    const destination = pino.destination({ dest: 2, sync: true })
    // The instance continues if the terminal or the reader of the log is gone.
    destination.on('error', () => undefined)
    this.#logger = pino({ level: config.logLevel, base: null }, destination)
    this.#log = (level, message, fields) => this.#logger[level](fields, message)
    const { ignoredVariables } = config
    if (ignoredVariables.length > 0)
      this.#logger.warn({ variables: ignoredVariables }, 'environment variables that are not settings are ignored')
    this.#instance = new ServingInstance({
      streams: { ...streamsOptions(config), listener: this.#listener() },
      serving: modelServing(config),
      module: config.threads > 0 ? { module: servingModule, options: servingSettings(config) } : undefined,
      rest: { ...restOptions(config), version: packageVersion() },
      log: this.#log,
    })
  }

  /**
   * Listens, locks the state directory and joins the group. Resolves when the instance has stopped.
   * Throws PORT_TAKEN, STATE_DIRECTORY_LOCKED, TOPIC_… before the instance joins the group, and later the error that made it fail.
   */
  async run(onReady: (ready: ReadyEvent) => void): Promise<void> {
    const rest = await this.#instance.listen()
    this.#renewal = new AccessRenewal({ config: this.#config, read: this.#read, rest, log: this.#log })
    const watching = this.#renewal.watch()
    try {
      await this.#instance.start()
      if (this.#instance.streams.state === 'running') onReady(await this.#ready(rest))
      await this.#instance.ended
    } finally {
      this.#renewal.close()
      await this.#instance.stop().catch(() => undefined)
      clearTimeout(this.#deadline)
      await watching
    }
  }

  /** Ends `run`. With `drain`, REST still answers for `drainMs` but reports that it is not ready. A second call without `drain` ends the drain at once. */
  stop(drain: boolean): void {
    this.#endInTime()
    this.#instance.stop(drain ? this.#config.drainMs : 0).catch(() => undefined)
  }

  /** Reads tokens and certificates again. */
  renew(why: string): void {
    this.#renewal?.renew(why)
  }

  async #ready(rest: RestServer): Promise<ReadyEvent> {
    const { streams } = this.#instance
    const restored = (await streams.tasks()).flatMap(task => task.restored ?? [])
    const milliseconds = Math.max(0, ...restored.map(each => each.milliseconds))
    const records = restored.reduce((sum, each) => sum + each.records, 0)
    return { event: 'ready', port: rest.port, instance: streams.instance, restored: { records, milliseconds } }
  }

  #endInTime(): void {
    const { drainMs, stopTimeoutMs } = this.#config
    const withinMs =
      stopWithinMs + Math.max(0, drainMs - settings.drainMs.default) + Math.max(0, stopTimeoutMs - settings.stopTimeoutMs.default)
    this.#deadline ??= setTimeout(() => {
      this.#logger.fatal(`the instance did not end within ${withinMs} ms`)
      process.exit(1)
    }, withinMs)
  }

  #listener(): StreamsListener {
    return {
      onStateChange: state => this.#onState(state),
      onWait: (seconds, reason) => this.#logger.warn({ seconds, reason }, `waiting for Kafka at ${this.#config.brokers.join(', ')}`),
      onRestore: progress => this.#onRestore(progress),
      onError: (error, fatal) =>
        this.#logger.error(
          { error: messageOf(error), code: error instanceof SluiceError ? error.code : undefined },
          fatal ? 'giving up' : 'restarting after a failure',
        ),
      log: this.#log,
    }
  }

  #onState(state: StreamsState): void {
    this.#logger.info({ state }, 'state')
    if (state === 'failed' || state === 'stopping') this.#endInTime()
  }

  #onRestore(progress: RestoreProgress): void {
    this.#restoreBar.update(progress)
    const { task, store, records, milliseconds, done } = progress
    if (done && records === 0) return
    this.#logger.info({ task, store, records, milliseconds }, done ? 'restored' : 'restoring')
  }
}

function restOptions(config: ServeConfig) {
  const { host, port, tokens, tls, peers, allowedHosts, corsOrigins, keepAliveMs, serverName, tritonMetrics } = config
  const { maxConnections, maxConnectionsPerAddress, healthPort } = config
  const connections = { keepAliveMs, maxConnections, maxConnectionsPerAddress, healthPort }
  return { host, port, token: tokens, tls, peers, allowedHosts, corsOrigins, ...connections, serverName, tritonMetrics }
}
