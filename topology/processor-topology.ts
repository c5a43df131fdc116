import { SluiceError } from '../proto/sluice-error.ts'
import type { Node, TaskServices } from './node.ts'
import { ProcessorNode } from './processor-node.ts'
import { Punctuations } from './punctuation.ts'
import { SinkNode } from './sink-node.ts'
import { SourceNode } from './source-node.ts'
import type { RawRecord } from './stream-record.ts'
import type { SubTopology } from './topology-definition.ts'

/** One task's graph: a sub-topology with its own nodes and processors. */
export class ProcessorTopology {
  readonly #sources = new Map<string, SourceNode>()
  readonly #processors: ProcessorNode[] = []
  readonly #punctuations = new Punctuations()
  #streamTime = -1

  constructor(definition: SubTopology, services: TaskServices) {
    const nodes = new Map<string, Node>()
    // Children first: each node is made with those that follow it.
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
          [...definition.stores, ...definition.replicas].flatMap(({ builder, processors }) =>
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

  get hasPunctuations(): boolean {
    return !this.#punctuations.empty
  }

  async init(): Promise<void> {
    for (const processor of this.#processors) await processor.init()
  }

  process(record: RawRecord): void | Promise<void> {
    if (record.timestamp > this.#streamTime) this.#streamTime = record.timestamp
    return this.#source(record.topic).process(record)
  }

  /** Consecutive records of one topic-partition. */
  processBatch(records: readonly RawRecord[]): void | Promise<void> {
    for (let i = 0; i < records.length; i++) {
      const { timestamp } = records[i] as RawRecord
      if (timestamp > this.#streamTime) this.#streamTime = timestamp
    }
    return this.#source((records[0] as RawRecord).topic).processBatch(records)
  }

  /** Fires what is due; true when anything was. */
  async punctuate(wallClock: number): Promise<boolean> {
    const byStream = await this.#punctuations.fire('stream-time', this.#streamTime)
    const byClock = await this.#punctuations.fire('wall-clock', wallClock)
    return byStream || byClock
  }

  /** Every processor is closed, even when one fails; the first failure is thrown at the end. */
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
