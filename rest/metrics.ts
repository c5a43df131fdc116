import type { Registry as MetricRegistry } from 'prom-client'
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { QueryableStreams, StreamsCounters } from '../topology/queryable-streams.ts'
import { valueWithin } from './retry.ts'

const TASKS_WITHIN_MS = 1000
const LAG_SAMPLE_MS = 20

const counters: readonly (readonly [name: string, help: string, field: keyof StreamsCounters])[] = [
  ['sluice_records_in_total', 'Records taken from input topics.', 'recordsIn'],
  ['sluice_records_out_total', 'Records sent to output topics.', 'recordsOut'],
  ['sluice_dead_letters_total', 'Records that could not be processed and went to the dead-letter topic.', 'deadLetters'],
  ['sluice_commits_total', 'Commits of tasks.', 'commits'],
  ['sluice_restored_records_total', 'Changelog records read back into stores.', 'restoredRecords'],
  ['sluice_rebalances_total', 'Rebalances that this instance took part in.', 'rebalances'],
]

/** The application's figures, read when they are asked for, and the process's own. */
export class Metrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE
  readonly #registry = new Registry()

  constructor(streams: QueryableStreams) {
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
        const tasks = await valueWithin(TASKS_WITHIN_MS, streams.tasks(), [])
        this.reset()
        for (const { state } of tasks) this.inc({ state })
      },
    })
    this.#registry.registerMetric(tasksByState)
  }

  /** In the Prometheus text format. */
  async text(): Promise<string> {
    return `${await this.#registry.metrics()}${await processMetrics().metrics()}`
  }
}

let ofProcess: MetricRegistry | undefined

/**
 * CPU, memory, event-loop lag, garbage collection. They belong to the process and their observers cannot be taken off again:
 * so there is one registry, made when first asked for, however many servers start and stop. They do not keep the process alive.
 */
function processMetrics(): MetricRegistry {
  if (ofProcess === undefined) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess, eventLoopMonitoringPrecision: LAG_SAMPLE_MS })
  }
  return ofProcess
}
