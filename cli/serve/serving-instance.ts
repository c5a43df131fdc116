import { setTimeout as sleep } from 'node:timers/promises'
import { pino, type Logger } from 'pino'
import { LoadedModels, type ModelGuard } from '../../models/index.ts'
import { messageOf, SluiceError } from '../../base/sluice-error.ts'
import { type RestLog, startRestServer, type RestServer } from '../../rest/index.ts'
import type { RestoreProgress, StreamsListener } from '../../topology/runtime/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import type { StreamsState } from '../../topology/index.ts'
import { AccessRenewal } from './access-renewal.ts'
import { watchAddress } from './address-watch.ts'
import type { ServeConfig } from '../config/config.ts'
import { packageVersion } from '../package-version.ts'
import { RestoreBar } from './restore-bar.ts'
import { openModelServices, type OpenModelServices } from './model-services.ts'
import { settings } from '../config/settings.ts'
import { streamsOptions } from '../config/streams-options.ts'
import { createTopology, modelGuard, servingModule, servingSettings } from './serving-module.ts'

/** How long an orderly end may take, a drain of at most its default in it. */
const stopWithinMs = 9000
/** How long requests may go on to use the stores before these are closed. */
const answersWithinMs = 1000

/** Told once, when every task runs for the first time. */
export interface ReadyEvent {
  readonly event: 'ready'
  readonly port: number
  readonly instance: string
  /** Of its stores: records read from changelogs, and how long that took. */
  readonly restored: { readonly records: number; readonly milliseconds: number }
}

/** An instance with its REST server, from start to end. */
export class ServingInstance {
  readonly #config: ServeConfig
  readonly #read: () => ServeConfig
  readonly #log: Logger
  readonly #models = new LoadedModels()
  readonly #guard: ModelGuard
  readonly #streams: SluiceStreams
  readonly #modelServices: OpenModelServices
  readonly #restoreBar = new RestoreBar()
  readonly #ended: Promise<unknown>
  #end!: (failure?: unknown) => void
  #running!: () => void
  #renewal: AccessRenewal | undefined
  /** Of the drain, while there is one to come. */
  #draining: AbortController | undefined
  readonly #ran = new Promise<void>(resolve => (this.#running = resolve))

  /** `read`: the settings as they are later. */
  constructor(config: ServeConfig, read: () => ServeConfig) {
    this.#config = config
    this.#read = read
    const destination = pino.destination({ dest: 2, sync: true })
    // A terminal or a reader of the log that has gone does not end the instance.
    destination.on('error', () => undefined)
    this.#log = pino({ level: config.logLevel, base: null }, destination)
    this.#ended = new Promise(resolve => (this.#end = resolve))
    // Built for worker threads too: wrong settings are told before anything starts.
    this.#guard = modelGuard(config)
    const topology = createTopology(config, { models: this.#models, guard: this.#guard })
    const source = config.threads > 0 ? { module: servingModule, options: servingSettings(config) } : topology
    this.#streams = new SluiceStreams(source, { ...streamsOptions(config), listener: this.#listener() })
    this.#modelServices = openModelServices(config, { streams: this.#streams, guard: this.#guard })
  }

  /**
   * Listens, locks the state directory, joins the group; resolves when it was stopped.
   * Throws PORT_TAKEN, STATE_DIRECTORY_LOCKED, TOPIC_… before the group is joined, and whatever made the instance give up later.
   */
  async run(onReady: (ready: ReadyEvent) => void): Promise<void> {
    const { host, port, tokens, tls, peers, allowedHosts, corsOrigins, keepAliveMs, advertise, serverName, tritonMetrics } = this.#config
    const log: RestLog = (level, message, fields) => this.#log[level](fields, message)
    const rest = await startRestServer({
      streams: this.#streams,
      host,
      port,
      log,
      token: tokens,
      tls,
      peers,
      allowedHosts,
      corsOrigins,
      keepAliveMs,
      version: packageVersion(),
      models: this.#modelServices,
      serverName,
      tritonMetrics,
    })
    this.#renewal = new AccessRenewal({ config: this.#config, read: this.#read, rest, log })
    const ending = new AbortController()
    const watching = [this.#renewal.watch()]
    try {
      this.#streams.advertise(advertise ?? { host: rest.host, port: rest.port })
      const starting = this.#streams.start()
      // Told to stop meanwhile, nobody waits for it any more.
      starting.catch(() => undefined)
      await Promise.race([starting, this.#ended])
      await Promise.race([this.#ran, this.#ended.then(failure => failure !== undefined && Promise.reject(failure))])
      watching.push(watchAddress(this.#streams, log, ending.signal))
      if (this.#streams.state === 'running') onReady(await this.#ready(rest))
      const failure = await this.#ended
      if (failure !== undefined) throw failure
    } finally {
      ending.abort()
      await this.#close(rest)
      await Promise.all(watching)
    }
  }

  /** Ends `run`; `drain`: for `drainMs` REST answers on, not ready. Called again without it, what is left of that is left out. */
  stop(drain: boolean): void {
    if (drain) this.#draining ??= new AbortController()
    else this.#draining?.abort()
    this.#end()
  }

  /** Reads tokens and certificates again. */
  renew(why: string): void {
    this.#renewal?.renew(why)
  }

  async #ready(rest: RestServer): Promise<ReadyEvent> {
    const restored = (await this.#streams.tasks()).flatMap(task => task.restored ?? [])
    const milliseconds = Math.max(0, ...restored.map(each => each.milliseconds))
    const records = restored.reduce((sum, each) => sum + each.records, 0)
    return { event: 'ready', port: rest.port, instance: this.#streams.instance, restored: { records, milliseconds } }
  }

  /** An instance that does not run has told balancers so already. */
  async #drain(rest: RestServer): Promise<void> {
    const { drainMs } = this.#config
    if (this.#draining === undefined || drainMs === 0 || this.#streams.state !== 'running') return
    this.#log.info({ drainMs }, 'draining')
    rest.drain()
    await sleep(drainMs, undefined, { signal: this.#draining.signal }).catch(() => undefined)
  }

  async #close(rest: RestServer): Promise<void> {
    this.#renewal?.close()
    const withinMs = stopWithinMs + Math.max(0, this.#config.drainMs - settings.drainMs.default)
    const timer = setTimeout(() => {
      this.#log.fatal(`the instance did not end within ${withinMs} ms`)
      process.exit(1)
    }, withinMs)
    await this.#drain(rest)
    const answered = rest.close()
    await Promise.race([answered, sleep(answersWithinMs, undefined, { ref: false })])
    await this.#streams.stop().catch(error => this.#log.error({ error: messageOf(error) }, 'the application did not stop cleanly'))
    // A model that is still being tried is not waited for; its record comes again after the next start.
    this.#guard.close()
    // Requests that wait for a model end; those that score may finish.
    await this.#modelServices.registry.close()
    await answered
    await this.#modelServices.close()
    await this.#models.close()
    clearTimeout(timer)
  }

  #listener(): StreamsListener {
    return {
      onStateChange: state => this.#onState(state),
      onWait: (seconds, reason) => this.#log.warn({ seconds, reason }, `waiting for Kafka at ${this.#config.brokers.join(', ')}`),
      onRestore: progress => this.#onRestore(progress),
      onError: (error, fatal) => {
        this.#log.error(
          { error: messageOf(error), code: error instanceof SluiceError ? error.code : undefined },
          fatal ? 'giving up' : 'starting anew after a failure',
        )
        if (fatal) this.#end(error)
      },
      log: (level, message, fields) => this.#log[level](fields, message),
    }
  }

  #onState(state: StreamsState): void {
    this.#log.info({ state }, 'state')
    if (state === 'running') this.#running()
  }

  #onRestore(progress: RestoreProgress): void {
    this.#restoreBar.update(progress)
    const { task, store, records, milliseconds, done } = progress
    if (done && records === 0) return
    this.#log.info({ task, store, records, milliseconds }, done ? 'restored' : 'restoring')
  }
}
