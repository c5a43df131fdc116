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
    const partition = this.#partition(name)
    // Of a topic that was deleted: there is nothing left to end.
    if (partition === undefined) job.onMarked(name)
    else if (this.#append(partition, job.marker)) this.#replicated(partition, job, name)
    else this.#cluster.host.after(this.#cluster.timing.retry, () => this.#write(job, name))
  }

  /** Whether the partition is done with. */
  write(marker: Marker, name: string): boolean {
    const partition = this.#partition(name)
    return partition === undefined || this.#append(partition, marker)
  }

  #partition(name: string): Partition | undefined {
    const at = name.lastIndexOf('-')
    return this.#cluster.partition(name.slice(0, at), Number(name.slice(at + 1)))
  }

  /** The coordinator is told once all in-sync replicas have the marker; it writes it again if the leader has gone before that. */
  #replicated(partition: Partition, job: MarkerJob, name: string): void {
    const { leaderEpoch, log } = partition
    const { end } = log
    const isDone = (): boolean => {
      if (partition.leaderEpoch === leaderEpoch && log.highWatermark < end) return false
      if (partition.leaderEpoch === leaderEpoch) job.onMarked(name)
      else this.#cluster.host.after(this.#cluster.timing.retry, () => this.#write(job, name))
      return true
    }
    if (!isDone()) partition.watch(isDone)
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
