import type { Topology } from '../../../topology/index.ts'
import type { SimDisk } from '../disk/sim-disk.ts'
import type { LoggedRecord, SimKafka } from '../kafka/index.ts'
import { type Application, applicationId, type ApplicationParts, type ApplicationTopics, deadLetters, type DrawnAt } from './application.ts'
import { drawCounted } from './counted-inputs.ts'
import { changelog, countingTopology, storeName, topics } from './counting.ts'
import type { Write } from './inputs.ts'
import { Judge } from './judge.ts'
import { differences, diskViolations, lastValues, LogCursors, originOf } from './look.ts'
import type { Setup } from './plan.ts'
import { deletionsKeptMs } from './scenarios.ts'

/** The timestamps of the inputs. The topic of the results refuses some of them. */
const anyTime = { 'message.timestamp.after.max.ms': '9223372036854775807' }

/** Instances that count inputs by key, and answer each with one result. */
export class CountingApplication implements Application {
  readonly topics: ApplicationTopics
  readonly afterlifeMs = 0
  readonly #kafka: SimKafka
  readonly #setup: Setup
  readonly #judge: Judge
  readonly #cursors: LogCursors
  /** The committed records of the changelog, by partition. */
  readonly #changes: LoggedRecord[][] = []

  constructor({ kafka, setup }: ApplicationParts) {
    this.#kafka = kafka
    this.#setup = setup
    this.#judge = new Judge(setup)
    this.#cursors = new LogCursors(kafka)
    const inputs = setup.control ? [topics.input, topics.control] : [topics.input]
    this.topics = { inputs, results: topics.results, changelogs: [changelog], more: [] }
  }

  get verdict(): Judge {
    return this.#judge
  }

  createTopics(): void {
    const { brokers, partitions, topics: own } = this.#setup
    const spec = { partitions, replication: brokers }
    for (const input of this.topics.inputs) this.#kafka.createTopic(input, { ...spec, config: anyTime })
    const { maxResultBytes, deletes } = own
    const limits = maxResultBytes === undefined ? {} : { 'max.message.bytes': String(maxResultBytes) }
    this.#kafka.createTopic(topics.results, { ...spec, config: limits })
    const kept = { 'cleanup.policy': 'compact', 'delete.retention.ms': String(deletionsKeptMs) }
    if (deletes) this.#kafka.createTopic(changelog, { ...spec, config: kept })
    this.#kafka.createTopic(deadLetters, spec)
  }

  topology(disk: SimDisk): Topology {
    return countingTopology(this.#setup, disk)
  }

  draw(at: DrawnAt): readonly Write[] {
    return drawCounted(this.#setup, at)
  }

  drawMore(): readonly [] {
    return []
  }

  look(): void {
    for (const topic of this.topics.inputs)
      this.#cursors.advance(topic, (partition, { offset, key, value }) =>
        this.#judge.input({ topic, partition, offset, key, poison: String(value).startsWith('poison') }),
      )
    this.#cursors.advance(changelog, (partition, record) => (this.#changes[partition] ??= []).push(record))
    this.#cursors.advance(topics.results, (partition, record) => this.#judge.result(partition, record))
    this.#cursors.advance(deadLetters, (partition, record) => this.#judge.letter(originOf(record), `${partition}@${record.offset}`))
  }

  finish(disks: readonly SimDisk[]): void {
    const { guarantee, topics: own } = this.#setup
    const { committed } = this.#kafka.offsets(applicationId)
    this.#judge.finish((topic, partition) => committed.get(topic)?.get(partition)?.offset ?? 0)
    if (guarantee !== 'exactly_once' || own.partitionAtMs !== undefined) return
    const wrong = [...this.#changelogViolations(), ...diskViolations(disks, storeName, this.#changes)]
    this.#judge.violations.push(...wrong)
  }

  /** The places where the changelog differs from the counts of the inputs. */
  #changelogViolations(): string[] {
    const due = [...this.#judge.counts].map(([name, count]) => [name, String(count)] as const)
    return Array.from({ length: this.#setup.partitions }, (_none, partition) => {
      const committed = this.#kafka.log(changelog, partition).records.filter(({ state }) => state === 'committed')
      const prefix = `${partition} `
      const own = new Map(due.filter(([name]) => name.startsWith(prefix)).map(([name, count]) => [name.slice(prefix.length), count]))
      return differences(lastValues(committed), own).map(text => `changelog ${partition}: ${text}`)
    }).flat()
  }
}
