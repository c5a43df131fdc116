import { setTimeout as sleep } from 'node:timers/promises'
import { isObject, refuseEqualTopics } from '../base/options/index.ts'
import { isolated, messageOf, SluiceError } from '../base/index.ts'
import { type RestLog, type RestServer, startRestServer } from '../rest/index.ts'
import { servingOptions, type ServingOptions, servingTopology } from '../serving/index.ts'
import { defaultDeadLetterTopic, streamsOptionTable } from '../topology/runtime/config/index.ts'
import { SluiceStreams, type StreamsListener } from '../topology/runtime/index.ts'
import { watchAddress } from './address-watch.ts'
import { type OpenModelServices, openModelServices } from './model-services.ts'
import { instanceOptionsOf, type ServingInstanceOptions } from './serving-instance-options.ts'

const defaultPort = 8888
/** How long running requests may use the stores before the streams stop. */
const answersWithinMs = 1000

/**
 * One instance of model serving: the serving topology, its models, and REST with `/models` and `/v2`. `sluice serve` runs one.
 *
 *     const instance = new ServingInstance({ streams: { applicationId: 'wine', brokers: ['localhost:9092'] }, serving })
 *     await instance.start()
 *     process.once('SIGTERM', () => void instance.stop(2000))
 *     await instance.ended
 */
export class ServingInstance {
  /** The application: its state, metrics and queries. */
  readonly streams: SluiceStreams
  /** Resolves when the instance was stopped and everything is closed; rejects then with the failure that stopped it, if any. */
  readonly ended: Promise<void>
  readonly #options: ReturnType<typeof instanceOptionsOf>
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
  /** The drain before REST closes, if one was requested. */
  #drain: { readonly milliseconds: number; readonly cut: AbortController } | undefined

  /** Opens nothing yet. Throws CONFIG_INVALID for an unknown option or an invalid value. */
  constructor(options: ServingInstanceOptions) {
    this.#options = instanceOptionsOf(options)
    const { streams, serving, module, log } = this.#options
    this.#log = isolated(log ?? (() => undefined))
    this.#serving = servingOptions({ ...serving, stateDir: serving.stateDir ?? streams.stateDir })
    const { modelWaitMs } = this.#serving
    this.#stopRequested = new Promise(resolve => (this.#requestStop = resolve))
    this.#ran = new Promise(resolve => (this.#running = resolve))
    // Built even if worker threads build their own, so that invalid settings throw before anything starts.
    const topology = servingTopology(this.#serving)
    this.streams = new SluiceStreams(module ?? topology, {
      ...streams,
      bootstrapWaitMs: streams.bootstrapWaitMs ?? modelWaitMs,
      listener: this.#listener(streams.listener),
    })
    const deadLetterTopic = streams.deadLetterTopic ?? defaultDeadLetterTopic(streams.applicationId)
    refuseEqualTopics(
      { of: 'ServingInstance' },
      { 'serving.resultsTopic': serving.resultsTopic, 'streams.deadLetterTopic': deadLetterTopic },
    )
    this.#services = openModelServices({
      streams: this.streams,
      serving: this.#serving,
      maxBatch: streams.maxBatch ?? streamsOptionTable.maxBatch.default,
    })
    this.ended = this.#stopRequested.then(() => this.#close())
    this.ended.catch(() => undefined)
  }

  /**
   * Starts REST before the application joins the group; /health/ready answers 503 until the tasks run. `start` calls it, so calling it first is
   * optional. Throws PORT_TAKEN, CONFIG_INVALID.
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
      if (this.streams.state === 'created') this.streams.restrictPeers(server.peerAccess)
      if (streams.advertise === undefined) this.streams.advertise({ host: server.host, port: server.port })
      return server
    })
    return this.#rest
  }

  /**
   * Starts REST, locks the state directory and joins the group. Resolves when every task runs, or when `stop` is called before that.
   * Throws PORT_TAKEN, STATE_DIRECTORY_LOCKED, TOPIC_MISSING, TOPIC_MISMATCH before the group is joined, and any fatal failure before the tasks
   * run; everything is closed before it throws.
   */
  async start(): Promise<void> {
    if (this.#started) throw new SluiceError('CONFIG_INVALID', 'an instance can be started only once: create another one')
    this.#started = true
    try {
      await this.listen()
      this.#tellJail()
      const starting = this.streams.start()
      // After a `stop` meanwhile nothing awaits the start any more, so its rejection is handled here.
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
   * Stops the instance. REST first drains for `drainMs` (default 0): it answers requests while /health/ready answers 503. Then running requests
   * finish, and the streams commit and leave the group. Resolves when everything is closed, and rejects as `ended` does. A second call with 0 ends
   * the drain at once.
   */
  stop(drainMs = 0): Promise<void> {
    if (drainMs > 0) this.#drain ??= { milliseconds: drainMs, cut: new AbortController() }
    else this.#drain?.cut.abort()
    this.#requestStop()
    return this.ended
  }

  #tellJail(): void {
    if (this.#serving.guard?.jailed !== false || this.#options.serving.modelJail === 'off') return
    this.#log('warn', "models' processes are not cut off from the network: this system does not let it", {
      setting: 'modelJail',
      value: 'auto',
    })
  }

  #giveUp(error: unknown): void {
    this.#failure ??= { error }
    this.#requestStop()
  }

  /** Drains REST. An instance whose tasks do not run needs no drain: /health/ready answers 503 already. */
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
    // A model that the guard is still trying is not awaited; its record is consumed again after the next start.
    this.#serving.guard?.close()
    // Requests that wait for a model fail; those that are scoring may finish.
    await this.#services.registry.close()
    await answered
    await this.#services.close()
    await this.#serving.models.close()
  }

  /** A listener that calls the given one and also informs the instance. An invalid callback is passed on, for `SluiceStreams` to refuse. */
  #listener(given: StreamsListener = {}): StreamsListener {
    if (!isObject(given)) return given
    const heard: Record<string, unknown> = { ...given }
    for (const name of ['onStateChange', 'onWait', 'onRestore', 'onError', 'log'] as const) {
      const own: unknown = name in heard ? heard[name] : given[name]
      if (own !== undefined && typeof own !== 'function') continue
      heard[name] = (...what: readonly unknown[]): unknown => {
        this.#hear(name, what)
        // The caller handles a promise that the callback returns.
        return own === undefined ? undefined : Reflect.apply(own, given, what)
      }
    }
    return heard
  }

  #hear(name: keyof StreamsListener, [first, second]: readonly unknown[]): void {
    if (name === 'onStateChange' && first === 'running') this.#running()
    if (name === 'onError' && second === true) this.#giveUp(first)
  }
}
