import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, SluiceError } from '../base/index.ts'
import { type RestLog, type RestServer, startRestServer } from '../rest/index.ts'
import { servingOptions, type ServingOptions, servingTopology } from '../serving/index.ts'
import { SluiceStreams, type StreamsListener, type StreamsOptions } from '../topology/runtime/index.ts'
import { watchAddress } from './address-watch.ts'
import { type OpenModelServices, openModelServices } from './model-services.ts'
import type { ServingInstanceOptions } from './serving-instance-options.ts'

const defaultPort = 8888
const defaultMaxBatch = 4096
/** How long requests may go on to use the stores before these are closed. */
const answersWithinMs = 1000

/**
 * One instance of model serving: the guarded topology, its models and REST with `/models` and `/v2`, put together. `sluice serve` is this.
 *
 *     const instance = new ServingInstance({ streams: { applicationId: 'wine', brokers: ['localhost:9092'] }, serving })
 *     await instance.start()
 *     process.once('SIGTERM', () => void instance.stop(2000))
 *     await instance.ended
 */
export class ServingInstance {
  /** The application: its state, metrics and queries. */
  readonly streams: SluiceStreams
  /** Resolves once it was stopped and all is closed; rejects then with what made it give up. */
  readonly ended: Promise<void>
  readonly #options: ServingInstanceOptions
  readonly #log: RestLog
  readonly #serving: ServingOptions
  readonly #services: OpenModelServices
  readonly #watching = new AbortController()
  readonly #stopRequested: Promise<void>
  readonly #ran: Promise<void>
  #rest: Promise<RestServer> | undefined
  #started = false
  #requestStop!: () => void
  #running!: () => void
  #failure: { readonly error: unknown } | undefined
  #closing: Promise<void> | undefined
  /** Before the rest ends. */
  #drain: { readonly milliseconds: number; readonly cut: AbortController } | undefined

  /** Throws CONFIG_INVALID for an option that there is not, or a value that is not allowed. Nothing is opened yet. */
  constructor(options: ServingInstanceOptions) {
    const { streams, serving, module, log } = options
    this.#options = options
    this.#log = log ?? (() => undefined)
    this.#serving = servingOptions({ ...serving, stateDir: serving.stateDir ?? streams.stateDir })
    const { modelWaitMs } = this.#serving
    this.#stopRequested = new Promise(resolve => (this.#requestStop = resolve))
    this.#ran = new Promise(resolve => (this.#running = resolve))
    // Built for worker threads too: wrong settings are told before anything starts.
    const topology = servingTopology(this.#serving)
    const waits: Pick<StreamsOptions, 'bootstrapWaitMs'> = { bootstrapWaitMs: modelWaitMs }
    this.streams = new SluiceStreams(module ?? topology, {
      ...waits,
      ...streams,
      listener: this.#listener(streams.listener ?? {}),
    })
    this.#services = openModelServices({
      streams: this.streams,
      serving: this.#serving,
      maxBatch: streams.maxBatch ?? defaultMaxBatch,
    })
    this.ended = this.#stopRequested.then(() => this.#close())
    this.ended.catch(() => undefined)
  }

  /**
   * REST begins to answer, not ready yet, before the group is joined; `start` does it where it was not done before.
   * Throws PORT_TAKEN, CONFIG_INVALID.
   */
  listen(): Promise<RestServer> {
    const { rest = {}, streams } = this.#options
    this.#rest ??= startRestServer({
      ...rest,
      port: rest.port ?? defaultPort,
      streams: this.streams,
      models: this.#services,
      log: this.#log,
    }).then(server => {
      if (streams.advertise === undefined) this.streams.advertise({ host: server.host, port: server.port })
      return server
    })
    return this.#rest
  }

  /**
   * Listens, locks the state directory, joins the group; resolves once every task runs, or once it was stopped before that.
   * Throws PORT_TAKEN, STATE_DIRECTORY_LOCKED, TOPIC_MISSING, TOPIC_MISMATCH before the group is joined, and whatever makes the instance
   * give up before it runs; all is closed again then.
   */
  async start(): Promise<void> {
    if (this.#started) throw new SluiceError('CONFIG_INVALID', 'an instance can be started only once: create another one')
    this.#started = true
    try {
      await this.listen()
      const starting = this.streams.start()
      // Told to stop meanwhile, nobody waits for it any more.
      starting.catch(() => undefined)
      await Promise.race([starting, this.#stopRequested])
      await Promise.race([this.#ran, this.#stopRequested])
    } catch (error) {
      this.#giveUp(error)
    }
    if (this.#failure !== undefined) return this.ended
    if (this.#closing === undefined) void watchAddress(this.streams, this.#log, this.#watching.signal)
  }

  /**
   * Ends the instance: for `drainMs` REST answers on, not ready; then requests finish, the streams commit and leave the group. Resolves once
   * all is closed, and rejects as `ended`. A second call with 0 leaves out what is left of the drain.
   */
  stop(drainMs = 0): Promise<void> {
    if (drainMs > 0) this.#drain ??= { milliseconds: drainMs, cut: new AbortController() }
    else this.#drain?.cut.abort()
    this.#requestStop()
    return this.ended
  }

  #giveUp(error: unknown): void {
    this.#failure ??= { error }
    this.#requestStop()
  }

  /** An instance that does not run has told balancers so already. */
  async #answerOn(rest: RestServer): Promise<void> {
    if (this.#drain === undefined || this.streams.state !== 'running') return
    const { milliseconds, cut } = this.#drain
    this.#log('info', 'draining', { drainMs: milliseconds })
    rest.drain()
    await sleep(milliseconds, undefined, { signal: cut.signal }).catch(() => undefined)
  }

  async #close(): Promise<void> {
    this.#closing ??= this.#closeAll()
    await this.#closing
    if (this.#failure !== undefined) throw this.#failure.error
  }

  async #closeAll(): Promise<void> {
    this.#watching.abort()
    const rest = await this.#rest?.catch(() => undefined)
    if (rest !== undefined) await this.#answerOn(rest)
    const answered = rest?.close()
    await Promise.race([answered, sleep(answersWithinMs, undefined, { ref: false })])
    await this.streams.stop().catch(error => this.#log('error', 'the application did not stop cleanly', { error: messageOf(error) }))
    // A model that is still being tried is not waited for; its record comes again after the next start.
    this.#serving.guard?.close()
    // Requests that wait for a model end; those that score may finish.
    await this.#services.registry.close()
    await answered
    await this.#services.close()
    await this.#serving.models.close()
  }

  /** What the program wants to hear, and what the instance has to. A wrong listener is passed on, to be refused with the other options. */
  #listener(given: StreamsListener): StreamsListener {
    const heard: Record<string, unknown> = { ...given }
    for (const name of ['onStateChange', 'onWait', 'onRestore', 'onError', 'log'] as const) {
      if (given[name] !== undefined && typeof given[name] !== 'function') continue
      heard[name] = (...what: readonly unknown[]): unknown => {
        this.#hear(name, what)
        // A promise that it gives may fail: whoever calls looks after that.
        return Reflect.apply(given[name] ?? (() => undefined), given, what)
      }
    }
    return heard
  }

  #hear(name: keyof StreamsListener, [first, second]: readonly unknown[]): void {
    if (name === 'onStateChange' && first === 'running') this.#running()
    if (name === 'onError' && second === true) this.#giveUp(first)
  }
}
