import { pino, type Logger } from 'pino'
import { LoadedModels, type ModelGuard } from '../models/index.ts'
import { messageOf, SluiceError } from '../proto/sluice-error.ts'
import { startRestServer, type RestServer } from '../rest/index.ts'
import type { RestoreProgress, StreamsListener } from '../topology/runtime/index.ts'
import { SluiceStreams } from '../topology/runtime/index.ts'
import type { StreamsState } from '../topology/index.ts'
import type { ServeConfig } from './config.ts'
import { packageVersion } from './package-version.ts'
import { RestoreBar } from './restore-bar.ts'
import { openModelServices, type OpenModelServices } from './model-services.ts'
import { createTopology, modelGuard, servingModule, servingSettings } from './serving-module.ts'

/** How long an orderly end may take. */
const stopWithinMs = 9000

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
  readonly #log: Logger
  readonly #models = new LoadedModels()
  readonly #guard: ModelGuard
  readonly #streams: SluiceStreams
  readonly #modelServices: OpenModelServices
  readonly #restoreBar = new RestoreBar()
  readonly #ended: Promise<unknown>
  #end!: (failure?: unknown) => void
  #running!: () => void
  readonly #ran = new Promise<void>(resolve => (this.#running = resolve))

  constructor(config: ServeConfig, createPartitions: number) {
    this.#config = config
    this.#log = pino({ level: config.logLevel, base: null }, pino.destination({ dest: 2, sync: true }))
    this.#ended = new Promise(resolve => (this.#end = resolve))
    const {
      applicationId,
      brokers,
      ssl,
      sasl,
      stateDir,
      deadLetterTopic,
      guarantee,
      commitIntervalMs,
      sessionTimeoutMs,
      standbyReplicas,
      threads,
      maxTaskIdleMs,
      maxBatch,
      tracing,
    } = config
    const options = {
      applicationId,
      brokers,
      ssl,
      sasl,
      stateDir,
      deadLetterTopic,
      guarantee,
      commitIntervalMs,
      sessionTimeoutMs,
      standbyReplicas,
      threads,
      maxTaskIdleMs,
      maxBatch,
      tracing,
    }
    // Built for worker threads too: wrong settings are told before anything starts.
    this.#guard = modelGuard(config)
    const topology = createTopology(config, { models: this.#models, guard: this.#guard })
    const source = threads > 0 ? { module: servingModule, options: servingSettings(config) } : topology
    this.#streams = new SluiceStreams(source, { ...options, createPartitions, listener: this.#listener() })
    this.#modelServices = openModelServices(config, { streams: this.#streams, guard: this.#guard })
  }

  /**
   * Listens, locks the state directory, joins the group; resolves when it was stopped.
   * Throws PORT_TAKEN, STATE_DIRECTORY_LOCKED, TOPIC_… before the group is joined, and whatever made the instance give up later.
   */
  async run(onReady: (ready: ReadyEvent) => void): Promise<void> {
    const { host, port, token, tls, peers, allowedHosts, advertise, tritonMetrics } = this.#config
    const log: StreamsListener['log'] = (level, message, fields) => this.#log[level](fields, message)
    const rest = await startRestServer({
      streams: this.#streams,
      host,
      port,
      log,
      token,
      tls,
      peers,
      allowedHosts,
      version: packageVersion(),
      models: this.#modelServices,
      tritonMetrics,
    })
    try {
      this.#streams.advertise(advertise ?? { host: rest.host, port: rest.port })
      const starting = this.#streams.start()
      // Told to stop meanwhile, nobody waits for it any more.
      starting.catch(() => undefined)
      await Promise.race([starting, this.#ended])
      await Promise.race([this.#ran, this.#ended.then(failure => failure !== undefined && Promise.reject(failure))])
      if (this.#streams.state === 'running') onReady(await this.#ready(rest))
      const failure = await this.#ended
      if (failure !== undefined) throw failure
    } finally {
      await this.#close(rest)
    }
  }

  /** Ends `run`. */
  stop(): void {
    this.#end()
  }

  async #ready(rest: RestServer): Promise<ReadyEvent> {
    const restored = (await this.#streams.tasks()).flatMap(task => task.restored ?? [])
    const milliseconds = Math.max(0, ...restored.map(each => each.milliseconds))
    const records = restored.reduce((sum, each) => sum + each.records, 0)
    return { event: 'ready', port: rest.port, instance: this.#streams.instance, restored: { records, milliseconds } }
  }

  async #close(rest: RestServer): Promise<void> {
    const timer = setTimeout(() => {
      this.#log.fatal(`the instance did not end within ${stopWithinMs} ms`)
      process.exit(1)
    }, stopWithinMs)
    await this.#streams.stop().catch(error => this.#log.error({ error: messageOf(error) }, 'the application did not stop cleanly'))
    // A model that is still being tried is not waited for; its record comes again after the next start.
    this.#guard.close()
    // Requests that wait for a model end; those that score may finish.
    await this.#modelServices.registry.close()
    await rest.close()
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
