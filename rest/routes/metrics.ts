import type { Registry as MetricRegistry } from 'prom-client'
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import { MetricsRecorder, type QueryableStreams, type StreamsCounters, type StreamsState } from '../../topology/index.ts'
import { isSameAddress } from '../hops/index.ts'
import { familiesText } from './metric-families.ts'
import { valueWithin } from '../queries/index.ts'

const WITHIN_MS = 1000
const LAG_SAMPLE_MS = 20

const counters: readonly (readonly [name: string, help: string, field: keyof StreamsCounters])[] = [
  ['sluice_records_in_total', 'Records consumed from input topics.', 'recordsIn'],
  ['sluice_records_out_total', 'Records sent to output topics.', 'recordsOut'],
  ['sluice_dead_letters_total', 'Records that could not be processed and were sent to the dead-letter topic.', 'deadLetters'],
  ['sluice_commits_total', 'Successful commits of tasks.', 'commits'],
  ['sluice_restored_records_total', 'Changelog records restored into stores.', 'restoredRecords'],
  ['sluice_rebalances_total', 'Rebalances that this instance took part in.', 'rebalances'],
]

const states: readonly StreamsState[] = ['created', 'starting', 'rebalancing', 'restoring', 'running', 'stopping', 'stopped', 'failed']

/** The metrics of the application, of its stream threads, of REST and of the process, all read at the time of the scrape. */
export class Metrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE
  readonly #streams: QueryableStreams
  readonly #rest: MetricsRecorder
  readonly #registry = new Registry()

  /** `rest`: metrics recorded outside the stream threads. */
  constructor(streams: QueryableStreams, rest = new MetricsRecorder()) {
    this.#streams = streams
    this.#rest = rest
    for (const [name, help, field] of counters) {
      const counter = new Counter({
        name,
        help,
        registers: [],
        collect() {
          this.reset()
          this.inc(streams.counters()[field])
        },
      })
      this.#registry.registerMetric(counter)
    }
    const tasksByState = new Gauge({
      name: 'sluice_tasks',
      help: 'Tasks of this instance by state.',
      labelNames: ['state'],
      registers: [],
      async collect() {
        const tasks = await valueWithin(WITHIN_MS, streams.tasks(), [])
        this.reset()
        for (const { state } of tasks) this.inc({ state })
      },
    })
    this.#registry.registerMetric(tasksByState)
    this.#registry.registerMetric(stateGauge(streams))
    this.#registry.registerMetric(addressGauge(streams))
    this.#registry.registerMetric(uptimeGauge())
  }

  /** All metrics in the Prometheus text format. Those of the stream threads are absent if the threads do not answer within a second. */
  async text(): Promise<string> {
    const families = await valueWithin(WITHIN_MS, this.#streams.metrics(), [])
    const [own, process] = await Promise.all([this.#registry.metrics(), processMetrics().metrics()])
    return `${own}${familiesText([...families, ...this.#rest.families()])}${process}`
  }
}

/** One series for each state: 1 for the current state, otherwise 0. */
function stateGauge(streams: QueryableStreams): Gauge {
  return new Gauge({
    name: 'sluice_state',
    help: 'State of the application: 1 for the current state, 0 for all others.',
    labelNames: ['state'],
    registers: [],
    collect() {
      for (const state of states) this.set({ state }, streams.state === state ? 1 : 0)
    },
  })
}

/** The gauge has no value while the metadata of the group is not available. */
function addressGauge(streams: QueryableStreams): Gauge {
  return new Gauge({
    name: 'sluice_address_conflicts',
    help: 'Other instances of the group that advertise the address of this instance.',
    registers: [],
    async collect() {
      const instances = await valueWithin(WITHIN_MS, streams.instances(), undefined)
      if (instances === undefined) this.remove()
      else this.set(Math.max(0, instances.filter(other => isSameAddress(other, streams.self)).length - 1))
    },
  })
}

function uptimeGauge(): Gauge {
  const started = performance.now()
  return new Gauge({
    name: 'sluice_uptime_seconds',
    help: 'Time since the REST server of the instance was created, in seconds.',
    registers: [],
    collect() {
      this.set((performance.now() - started) / 1000)
    },
  })
}

let ofProcess: MetricRegistry | undefined

/**
 * CPU, memory, event-loop lag, garbage collection. prom-client cannot remove the observers behind them, so the process has one registry, created at
 * the first scrape, however many servers start and stop. The observers do not keep the process alive.
 */
function processMetrics(): MetricRegistry {
  if (ofProcess === undefined) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess, eventLoopMonitoringPrecision: LAG_SAMPLE_MS })
  }
  return ofProcess
}
