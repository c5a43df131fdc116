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

/** Longer than an instance takes to end in order. */
const stopInstanceMs = 12_000

export interface DemoParts {
  /** Application id, and prefix of every topic. */
  readonly id: string
  readonly directory: string
  readonly kafka: DemoKafka
  readonly narrator: Narrator
  readonly sender: DemoSender
  readonly results: ResultLog
  /** By the model's name: its score of each row, asked directly. */
  readonly scores: ReadonlyMap<string, Float64Array>
  readonly cleanup: Cleanup
  readonly signal: AbortSignal
  /** Ends the demo. */
  fail(reason: unknown): void
}

/** An answer of the state route of a data type's key. */
export type ModelAnswer = Omit<KeyAnswer, 'value'> & { readonly value: ModelServingView }

/** What the steps share: the running instances, and questions to them and to the results. */
export class Demo {
  readonly parts: DemoParts
  readonly #running = new Map<string, ServeProcess>()

  constructor(parts: DemoParts) {
    this.parts = parts
  }

  /** The instances that run, A before B. */
  get instances(): readonly ServeProcess[] {
    return [...this.#running.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Runs `sluice serve`; an instance that ran before under the name left its state directory to this one. */
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
      // No balancer asks it.
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
    // What it has committed is of no use when Kafka goes as well.
    cleanup.add(() => (kafka.given ? instance.stop() : instance.kill()), stopInstanceMs)
    const ready = await instance.untilReady()
    this.#running.set(name, instance)
    return ready
  }

  /** The instance at a port. */
  at(port: number): ServeProcess {
    const found = this.instances.find(({ ready }) => ready.port === port)
    if (found === undefined) throw new RangeError(`no instance of the demo listens on port ${port}`)
    return found
  }

  /** The instance is gone, or about to be. */
  forget(instance: ServeProcess): void {
    this.#running.delete(instance.name)
  }

  /** The group as the first instance tells it, once it has these members and each has its even share of the tasks. */
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

  /** What an instance says of a data type's model, once the answer is good. */
  async model(instance: ServeProcess, dataType: string, good: (answer: ModelAnswer) => boolean): Promise<ModelAnswer> {
    const answer = await waitUntil({
      what: `the expected answer of instance ${instance.name} about the model of ${dataType}`,
      signal: this.parts.signal,
      ask: () => instance.get(keyPath(dataType)),
      good: ({ status, body }) => status === 200 && good(body as ModelAnswer),
    })
    return answer.body as ModelAnswer
  }

  /** Waits until every record sent has a result; then all results so far are judged. */
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

/** Where REST answers for a data type. */
export function keyPath(dataType: string): string {
  return `/state/${storeName}/keys/${dataType}`
}
