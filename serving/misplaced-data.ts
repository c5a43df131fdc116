import type { MetricDefinition, ProcessorContext } from '../topology/index.ts'

export const misplacedRecords: MetricDefinition = {
  name: 'sluice_misplaced_records_total',
  kind: 'counter',
  help: 'Data records on another partition than the models of their data type (join: keyed).',
  labels: ['data_type'],
}

/** How to make the usual producers choose partitions as Kafka's default partitioner does. */
const remedy = [
  'send data with the data type as the key, and let the producer choose the partition by the murmur2 hash of the key',
  'librdkafka (Python confluent-kafka, .NET, Rust, Go confluent-kafka-go): partitioner=murmur2_random',
  'kafka-python and Java: the default partitioner',
  'Go sarama: a murmur2 partitioner instead of NewHashPartitioner; Go franz-go: StickyKeyPartitioner(nil), its default',
  'or set join: broadcast, which accepts data on any partition',
].join('; ')

/** Bounds on the data types whose partitions are cached, and of which a warning is logged: data can name any number of data types. */
const mostKnown = 10_000
const mostTold = 1000

/**
 * With `join: keyed`, a data record that is not on the partition of its data type does not meet its models. It is answered all the same.
 * This class counts such records by data type and logs one warning for each data type.
 */
export class MisplacedData {
  readonly #dataTopic: string
  readonly #told = new Set<string>()

  constructor(dataTopic: string) {
    this.#dataTopic = dataTopic
  }

  /** Returns the watch for the records of one task. */
  of(context: Pick<ProcessorContext, 'partition' | 'metrics' | 'log' | 'partitionOf'>): MisplacedWatch {
    context.metrics.declare([misplacedRecords])
    const right = new Map<string, number>()
    const partitionOf = (dataType: string): number => {
      const known = right.get(dataType)
      if (known !== undefined) return known
      if (right.size >= mostKnown) right.clear()
      const partition = context.partitionOf(this.#dataTopic, Buffer.from(dataType))
      right.set(dataType, partition)
      return partition
    }
    return (dataType, records) => {
      const partition = partitionOf(dataType)
      if (partition === context.partition) return undefined
      context.metrics.figure(misplacedRecords, [dataType]).add(records)
      if (!this.#told.has(dataType) && this.#told.size < mostTold) {
        this.#told.add(dataType)
        const fields = { dataType, topic: this.#dataTopic, partition: context.partition, expected: partition, remedy }
        context.log('warn', 'data is not on the partition of its data type, where the models are', fields)
      }
      return partition
    }
  }
}

/** Called with a data type and the number of its records. Returns the partition on which they belong; undefined: the task's own. */
export type MisplacedWatch = (dataType: string, records: number) => number | undefined
