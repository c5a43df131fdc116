import { LoadedModels } from '../../../../models/index.ts'
import { servingTopology, waitingStoreName } from '../../../../serving/index.ts'
import type { Topology } from '../../../../topology/index.ts'
import type { Dice } from '../../dice.ts'
import type { SimDisk } from '../../disk/sim-disk.ts'
import type { LoggedRecord, SimKafka } from '../../kafka/index.ts'
import {
  type Application,
  applicationId,
  type ApplicationParts,
  type ApplicationTopics,
  deadLetters,
  type DrawnAt,
} from '../application.ts'
import type { Write } from '../inputs.ts'
import { diskViolations, lastValues, LogCursors, originOf } from '../look.ts'
import type { Setup } from '../plan.ts'
import { drawChanges, drawData, homeOf, type ServedSetup, servedTopics } from './served-inputs.ts'
import { ServingJudge } from './serving-judge.ts'
import { largestResult, longestLoadMs, type ServingSetup } from './serving-setup.ts'
import { simFactory, simReader } from './sim-models.ts'

const storeName = 'ModelStateStore'
const waitingStore = waitingStoreName({ storeName })
const events = `${applicationId}-model-events`

/** Instances that serve models: the serving topology, with a format of models that take simulated time. */
export class ServingApplication implements Application {
  readonly topics: ApplicationTopics
  /** Events of models are told a moment after what they are of. */
  readonly afterlifeMs = 500
  readonly #kafka: SimKafka
  readonly #setup: Setup & ServedSetup
  readonly #judge: ServingJudge
  readonly #cursors: LogCursors
  /** What was committed to the changelog of each store, by partition. */
  readonly #changes = new Map<string, LoggedRecord[][]>([storeName, waitingStore].map(store => [store, []]))

  constructor({ kafka, setup }: ApplicationParts, serving: ServingSetup) {
    this.#kafka = kafka
    this.#setup = { ...setup, serving }
    this.#judge = new ServingJudge(setup.guarantee === 'exactly_once')
    this.#cursors = new LogCursors(kafka)
    const changelogs = [storeName, waitingStore].map(changelogOf)
    this.topics = { inputs: [servedTopics.data, servedTopics.models], results: servedTopics.results, changelogs, more: [events] }
  }

  get verdict(): ServingJudge {
    return this.#judge
  }

  createTopics(): void {
    const { brokers, partitions, serving } = this.#setup
    const spec = { partitions, replication: brokers }
    for (const topic of [...this.topics.inputs, deadLetters]) this.#kafka.createTopic(topic, spec)
    const config = serving.large > 0 ? { 'max.message.bytes': String(largestResult) } : {}
    this.#kafka.createTopic(this.topics.results, { ...spec, config })
  }

  topology(): Topology {
    const { join, modelWaitMs } = this.#setup.serving
    return servingTopology({
      dataTopic: servedTopics.data,
      modelsTopic: servedTopics.models,
      resultsTopic: servedTopics.results,
      storeName,
      join,
      reader: simReader(),
      factory: simFactory(),
      models: new LoadedModels(),
      modelRoots: [],
      maxModelBytes: 100_000,
      modelWaitMs,
    })
  }

  draw(at: DrawnAt): readonly Write[] {
    return drawData(this.#setup, at)
  }

  drawMore(dice: Dice): ReturnType<typeof drawChanges> {
    return drawChanges(this.#setup, dice)
  }

  look(): void {
    this.#cursors.advance(servedTopics.data, (partition, record) => this.#judge.dataRecord(partition, record))
    this.#cursors.advance(servedTopics.models, (partition, record) => this.#judge.modelRecord(partition, record))
    for (const [store, changes] of this.#changes)
      this.#cursors.advance(changelogOf(store), (partition, record) => (changes[partition] ??= []).push(record))
    this.#cursors.advance(servedTopics.results, (partition, record) => this.#judge.result(partition, record))
    this.#cursors.advance(events, (_partition, record) => this.#judge.event(record))
    this.#cursors.advance(deadLetters, (partition, record) => this.#judge.letter(originOf(record), `${partition}@${record.offset}`))
  }

  finish(disks: readonly SimDisk[]): void {
    const { committed } = this.#kafka.offsets(applicationId)
    const { guarantee, partitions, serving } = this.#setup
    this.#judge.finish({
      committed: (topic, partition) => committed.get(topic)?.get(partition)?.offset ?? 0,
      home: dataType => homeOf(dataType, partitions),
      keyed: serving.join === 'keyed',
      patient: serving.heavy === 0 && serving.modelWaitMs > longestLoadMs(serving),
    })
    if (guarantee !== 'exactly_once') return
    for (const [store, changes] of this.#changes) this.#judge.violations.push(...diskViolations(disks, store, changes))
    for (const [partition, changes] of (this.#changes.get(waitingStore) ?? []).entries())
      for (const key of lastValues(changes ?? []).keys()) this.#judge.violations.push(`${partition} ${key} is answered and still waits`)
  }
}

function changelogOf(store: string): string {
  return `${applicationId}-${store}-changelog`
}
