import { join } from 'node:path'
import type { KeyAnswer } from '../../rest/queries/index.ts'
import type { ModelServingView } from '../../stores/index.ts'
import type { InstanceMetadata } from '../../topology/index.ts'
import type { ReadyEvent } from '../serve/index.ts'
import type { Cleanup } from './cleanup.ts'
import type { DemoKafka } from './demo-kafka.ts'
import { type DemoSender, partitions } from './demo-sender.ts'
import { judgeResults, type Verdict } from './judge-results.ts'
import type { Narrator } from './narrator.ts'
import type { ResultLog } from './result-log.ts'
import { ServeProcess } from './serve-process.ts'
import { waitUntil } from './wait-until.ts'

export const storeName = 'ModelStateStore'

/** Longer than an instance needs to stop in order. */
const stopInstanceMs = 12_000

export interface DemoParts {
  /** Application id, and prefix of every topic. */
  readonly id: string
  readonly directory: string
  readonly kafka: DemoKafka
  readonly narrator: Narrator
  readonly sender: DemoSender
  readonly results: ResultLog
  /** By model name: the score of each row, computed without the stream. */
  readonly scores: ReadonlyMap<string, Float64Array>
  readonly cleanup: Cleanup
  readonly signal: AbortSignal
  /** Ends the demo. */
  fail(reason: unknown): void
}

/** The answer of REST to a query for the key of a data type. */
export type ModelAnswer = Omit<KeyAnswer, 'value'> & { readonly value: ModelServingView }

/** Shared by the steps: the running instances, and queries to them and to the results. */
export class Demo {
  readonly parts: DemoParts
  readonly #running = new Map<string, ServeProcess>()

  constructor(parts: DemoParts) {
    this.parts = parts
  }

  /** The running instances, ordered by name. */
  get instances(): readonly ServeProcess[] {
    return [...this.#running.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Starts `sluice serve`; resolves when it is ready. It uses the state directory of an earlier instance of the same name. */
  async start(name: string): Promise<ReadyEvent> {
    const { id, directory, kafka, signal, cleanup } = this.parts
    const args = {
      brokers: kafka.brokers,
      'application-id': id,
      'data-topic': `${id}-data`,
      'models-topic': `${id}-models`,
      'results-topic': `${id}-results`,
      'state-dir': join(directory, `state-${name}`),
      port: '0',
      // No load balancer needs a drain.
      'drain-ms': '0',
      'session-timeout-ms': String(kafka.sessionTimeoutMs),
      'log-level': 'warn',
    }
    const instance = new ServeProcess({
      name,
      args: Object.entries(args).flatMap(([flag, value]) => [`--${flag}`, value]),
      env: kafka.env,
      logFile: join(directory, `${name}.log`),
      signal,
      onUnexpectedEnd: reason => this.parts.fail(reason),
    })
    // If the demo's Kafka is stopped as well, an orderly stop has no use.
    cleanup.add(() => (kafka.given ? instance.stop() : instance.kill()), stopInstanceMs)
    const ready = await instance.untilReady()
    this.#running.set(name, instance)
    return ready
  }

  /** The instance that listens on the port. */
  at(port: number): ServeProcess {
    const found = this.instances.find(({ ready }) => ready.port === port)
    if (found === undefined) throw new RangeError(`no instance of the demo listens on port ${port}`)
    return found
  }

  /** Removes an instance that has ended or is about to end. */
  forget(instance: ServeProcess): void {
    this.#running.delete(instance.name)
  }

  /** Waits until the first instance reports all running instances, each with an equal number of tasks; returns its report. */
  async group(): Promise<readonly InstanceMetadata[]> {
    const expected = this.instances
    const [first] = expected
    return await waitUntil({
      what: `${expected.length} instance(s) with ${partitions / expected.length} tasks each`,
      signal: this.parts.signal,
      ask: async () => (await (first as ServeProcess).get('/state/instances')).body as readonly InstanceMetadata[],
      good: members =>
        Array.isArray(members) &&
        members.length === expected.length &&
        members.every(
          member => member.activeTasks.length === partitions / expected.length && expected.some(({ ready }) => ready.port === member.port),
        ),
    })
  }

  /** Queries the model of a data type until the answer is good; returns that answer. */
  async model(instance: ServeProcess, dataType: string, good: (answer: ModelAnswer) => boolean): Promise<ModelAnswer> {
    const answer = await waitUntil({
      what: `the expected answer of instance ${instance.name} about the model of ${dataType}`,
      signal: this.parts.signal,
      ask: () => instance.get(keyPath(dataType)),
      good: ({ status, body }) => status === 200 && good(body as ModelAnswer),
    })
    return answer.body as ModelAnswer
  }

  /** Waits until every sent record has a result, then checks all results so far. */
  async judge(): Promise<Verdict> {
    const { results, sender, scores, signal } = this.parts
    await waitUntil({
      what: `results of ${sender.sent.length} records`,
      signal,
      ask: () => results.answered,
      good: answered => answered >= sender.sent.length,
    })
    return judgeResults(sender.sent, results.results, (model, row) => scores.get(model)?.[row])
  }
}

/** The REST path of a data type. */
export function keyPath(dataType: string): string {
  return `/state/${storeName}/keys/${dataType}`
}
