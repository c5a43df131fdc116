import { type Cluster, errors, type Partition } from '../cluster/index.ts'
import type { Marker } from '../log/index.ts'

export interface MarkerJob {
  readonly marker: Marker
  readonly partitions: readonly string[]
  /** Whether the coordinator that began it still is it. */
  isCurrent(): boolean
  onMarked(partition: string): void
}

/** Writes the markers of ended transactions, each partition in its own time, and again and again where a broker is away. */
export class Markers {
  readonly #cluster: Cluster
  /** A marker is in the log of group offsets. */
  onOffsets: (partition: Partition, marker: Marker) => void = () => undefined

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  send(job: MarkerJob): void {
    const { host, timing } = this.#cluster
    for (const name of job.partitions) host.after(timing.marker * (0.5 + host.random()), () => this.#write(job, name))
  }

  #write(job: MarkerJob, name: string): void {
    if (!job.isCurrent()) return
    if (this.write(job.marker, name)) job.onMarked(name)
    else this.#cluster.host.after(this.#cluster.timing.retry, () => this.#write(job, name))
  }

  /** Whether the partition is done with: of a topic that was deleted there is nothing left to end. */
  write(marker: Marker, name: string): boolean {
    const at = name.lastIndexOf('-')
    const partition = this.#cluster.partition(name.slice(0, at), Number(name.slice(at + 1)))
    return partition === undefined || this.#append(partition, marker)
  }

  /** Whether it is done with: written, or refused for good because the producer is past it. */
  #append(partition: Partition, marker: Marker): boolean {
    const { host } = this.#cluster
    const { leader, loadedAt } = partition
    if (leader < 0 || !this.#cluster.broker(leader).alive || host.now() < loadedAt || !this.#cluster.hasQuorum(partition)) return false
    const isInternal = this.#cluster.topics.get(partition.topic)?.internal === true
    if (partition.log.producers.markerRefusal(marker) !== errors.none) return true
    partition.log.appendMarker(marker, host.now(), !isInternal)
    if (isInternal) this.onOffsets(partition, marker)
    this.#cluster.replicate(partition)
    return true
  }
}
