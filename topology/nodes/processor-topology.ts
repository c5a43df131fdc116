import { SluiceError } from '../../base/index.ts'
import { inOrder, type Node, type TaskServices } from './node.ts'
import { ProcessorNode } from './processor-node.ts'
import { Punctuations } from '../punctuation.ts'
import { SinkNode } from './sink-node.ts'
import { SourceNode } from './source-node.ts'
import type { RawRecord } from '../stream-record.ts'
import type { SubTopology } from '../topology-definition.ts'
import type { WorkBinding } from '../output/index.ts'
import { WorkUnit } from './work-unit.ts'

interface BeforeRun {
  /** Stream time, which is set back if the records are processed again. */
  readonly streamTime: number
  /** See `#run`. A run that fails puts its parts behind itself. */
  readonly parts: (readonly RawRecord[])[] | undefined
}

/**
 * One task's graph: a sub-topology with its own nodes and processors. An input record is either processed completely, or becomes a dead letter and has
 * no other effect. This holds for a single record and for each record of a run.
 */
export class ProcessorTopology {
  readonly #sources = new Map<string, SourceNode>()
  readonly #processors: ProcessorNode[] = []
  readonly #punctuations: Punctuations
  readonly #unit: WorkUnit
  #streamTime = -1
  /** How many records of the present unit have been given to the source, where they come one by one. */
  #given = 0

  constructor(definition: SubTopology, task: TaskServices) {
    this.#unit = new WorkUnit(task)
    this.#punctuations = new Punctuations(this.#unit.journal)
    const { services } = this.#unit
    const nodes = new Map<string, Node>()
    // Children first: a node is constructed with its children.
    for (const node of definition.nodes.toReversed()) {
      const children = definition.nodes.flatMap(other =>
        other.kind !== 'source' && other.parents.includes(node.name) ? [nodes.get(other.name) as Node] : [],
      )
      if (node.kind === 'sink') {
        nodes.set(node.name, new SinkNode(node, services))
      } else if (node.kind === 'source') {
        const source = new SourceNode(node, children, services)
        for (const topic of node.topics) this.#sources.set(topic, source)
      } else {
        const storeNames = new Set(
          [...definition.stores, ...definition.globalStores].flatMap(({ builder, processors }) =>
            processors.includes(node.name) ? [builder.name] : [],
          ),
        )
        const processor = new ProcessorNode({
          definition: node,
          children,
          services,
          punctuations: this.#punctuations,
          storeNames,
          streamTime: () => this.#streamTime,
        })
        nodes.set(node.name, processor)
        this.#processors.unshift(processor)
      }
    }
  }

  /** Greatest timestamp seen; -1 before the first record. */
  get streamTime(): number {
    return this.#streamTime
  }

  /** The journal in which the task's stores note their writes, so that the writes can be undone. */
  get work(): WorkBinding {
    return this.#unit
  }

  /** See `WorkUnit.settled`. */
  get settled(): Promise<void> | undefined {
    return this.#unit.settled
  }

  get hasPunctuations(): boolean {
    return !this.#punctuations.empty
  }

  async init(): Promise<void> {
    for (const processor of this.#processors) await processor.init()
  }

  process(record: RawRecord): void | Promise<void> {
    return this.#run([record])
  }

  /** Consecutive records of one topic-partition. */
  processBatch(records: readonly RawRecord[]): void | Promise<void> {
    return this.#run(records)
  }

  /** Tells the processors of records of the topic that have arrived, while `running`; undefined: none of them wants to know. */
  arrivals(topic: string, running: () => boolean): ((records: readonly RawRecord[]) => void) | undefined {
    const { arrived } = this.#source(topic)
    return arrived && (records => (running() ? arrived(records) : undefined))
  }

  /**
   * Processes the records as one unit of work. If it fails, they are processed again in parts, until the failing record is alone. `parts`: those of the run that
   * these records are one of; undefined: they are the run.
   */
  #run(records: readonly RawRecord[], parts?: (readonly RawRecord[])[]): void | Promise<void> {
    const unit = this.#unit
    const before = { streamTime: this.#streamTime, parts }
    unit.begin(records)
    try {
      const waiting = this.#give(records)
      return waiting === undefined ? this.#end(records, before) : this.#endAfter(waiting, records, before)
    } catch (error) {
      unit.abandon()
      throw error
    }
  }

  /**
   * Stream time advances with each record, as if the records came one by one; for `processBatch`, it advances to the last record first. Where they come one by one,
   * nothing follows the first that fails.
   */
  #give(records: readonly RawRecord[]): void | Promise<void> {
    const source = this.#source((records[0] as RawRecord).topic)
    if (records.length > 1 && source.batches) {
      for (let at = 0; at < records.length; at++) this.#reach(records[at] as RawRecord)
      return source.processBatch(records)
    }
    this.#given = 0
    return inOrder(records, record => {
      if (this.#unit.failed) return undefined
      this.#given++
      this.#reach(record)
      const waiting = source.process(record)
      return waiting === undefined ? this.#unit.rest() : this.#rest(waiting)
    })
  }

  async #rest(waiting: Promise<void>): Promise<void> {
    await waiting
    await this.#unit.rest()
  }

  #reach({ timestamp }: RawRecord): void {
    if (timestamp > this.#streamTime) this.#streamTime = timestamp
  }

  async #endAfter(waiting: Promise<void>, records: readonly RawRecord[], before: BeforeRun): Promise<void> {
    try {
      await waiting
    } catch (error) {
      this.#unit.abandon()
      throw error
    }
    await this.#end(records, before)
  }

  #end(records: readonly RawRecord[], before: BeforeRun): void | Promise<void> {
    const unit = this.#unit
    const rest = unit.rest()
    if (rest !== undefined) return this.#endAfter(rest, records, before)
    if (!unit.failed || records.length === 1) return unit.end()
    unit.abandon()
    this.#streamTime = before.streamTime
    const again = this.#partsOf(records)
    if (before.parts !== undefined) return void before.parts.splice(before.parts.indexOf(records) + 1, 0, ...again)
    return inOrder(again, part => this.#run(part, again))
  }

  /** Of records that came one by one the last that was given has failed; of others nobody knows which, so each half is a part. */
  #partsOf(records: readonly RawRecord[]): (readonly RawRecord[])[] {
    if (this.#source((records[0] as RawRecord).topic).batches) {
      const middle = records.length >>> 1
      return [records.slice(0, middle), records.slice(middle)]
    }
    const failed = this.#given - 1
    return [records.slice(0, failed), records.slice(failed, failed + 1), records.slice(failed + 1)].filter(({ length }) => length > 0)
  }

  /** Calls the punctuators that are due; true if there were any. */
  async punctuate(wallClock: number): Promise<boolean> {
    const byStream = await this.#punctuations.fire('stream-time', this.#streamTime)
    const byClock = await this.#punctuations.fire('wall-clock', wallClock)
    return byStream || byClock
  }

  /** Closes every processor, even if one fails; then throws the first failure. */
  async close(): Promise<void> {
    const results = await Promise.allSettled(this.#processors.map(processor => processor.close()))
    const failed = results.find(result => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }

  #source(topic: string): SourceNode {
    const source = this.#sources.get(topic)
    if (source === undefined) throw new SluiceError('TOPOLOGY_INVALID', `no source of this sub-topology reads the topic "${topic}"`)
    return source
  }
}
