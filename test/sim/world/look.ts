import { deadLetterHeaders } from '../../../topology/index.ts'
import type { SimDisk } from '../disk/sim-disk.ts'
import type { LoggedRecord, SimKafka } from '../kafka/index.ts'
import { changelog, deadLetters, storeName, topics } from './counting.ts'
import type { Setup } from './plan.ts'

/** Reads what becomes committed, once. */
export class LogCursors {
  readonly #kafka: SimKafka
  readonly #next = new Map<string, number>()

  constructor(kafka: SimKafka) {
    this.#kafka = kafka
  }

  advance(topic: string, see: (partition: number, record: LoggedRecord) => void): void {
    for (let partition = 0; partition < this.#kafka.partitions(topic); partition++) {
      const name = `${topic} ${partition}`
      const from = this.#next.get(name) ?? 0
      const { records, lastStable } = this.#kafka.log(topic, partition, from)
      for (const record of records) if (record.offset < lastStable && record.state === 'committed') see(partition, record)
      this.#next.set(name, Math.max(from, lastStable))
    }
  }
}

/** The place that a dead letter names. */
export function originOf({ headers }: LoggedRecord): { readonly topic: string; readonly partition: number; readonly offset: number } {
  const of = (name: string): string => String(headers.find(({ key }) => key === name)?.value ?? '')
  return {
    topic: of(deadLetterHeaders.topic),
    partition: Number(of(deadLetterHeaders.partition)),
    offset: Number(of(deadLetterHeaders.offset)),
  }
}

export interface StoresToCheck {
  readonly setup: Setup
  readonly counts: ReadonlyMap<string, number>
  readonly disks: readonly SimDisk[]
  /** What was ever committed to each partition of the changelog: compaction may have removed it. */
  readonly changes: readonly (readonly LoggedRecord[])[]
}

/** Where the changelog does not say what the inputs do, or a disk not what the changelog said up to its checkpoint. */
export function storeViolations(kafka: SimKafka, { setup, counts, disks, changes }: StoresToCheck): string[] {
  const violations: string[] = []
  const due = new Map([...counts].map(([name, count]) => [name, String(count)]))
  for (let partition = 0; partition < setup.partitions; partition++) {
    const committed = changes[partition] ?? []
    const last = lastValues(
      kafka.log(changelog, partition).records.filter(({ state }) => state === 'committed'),
      Infinity,
    )
    const own = new Map(
      [...due].filter(([name]) => name.startsWith(`${partition} `)).map(([name, count]) => [name.slice(`${partition} `.length), count]),
    )
    violations.push(...differences(last, own).map(text => `changelog ${partition}: ${text}`))
    disks.forEach((disk, index) => {
      for (const [directory, { rows, checkpoint }] of disk.stores) {
        if (!directory.endsWith(`_${partition}/${storeName}`)) continue
        const found = new Map([...rows.values()].map(([key, value]) => [Buffer.from(key).toString(), Buffer.from(value).toString()]))
        const then = lastValues(committed, checkpoint?.changelogOffset ?? 0)
        violations.push(...differences(found, then).map(text => `disk of instance-${index}, ${directory}: ${text}`))
      }
    })
  }
  return violations
}

function lastValues(records: readonly LoggedRecord[], end: number): ReadonlyMap<string, string> {
  const last = new Map<string, string>()
  for (const { offset, key, value } of records) {
    if (offset >= end || key === null) continue
    if (value === null) last.delete(Buffer.from(key).toString())
    else last.set(Buffer.from(key).toString(), Buffer.from(value).toString())
  }
  return last
}

function differences(found: ReadonlyMap<string, string>, due: ReadonlyMap<string, string>): string[] {
  const names = [...new Set([...found.keys(), ...due.keys()])]
  return names.filter(name => found.get(name) !== due.get(name)).map(name => `${name} is ${found.get(name)} instead of ${due.get(name)}`)
}

/** The partitions whose readers wait for the end of a transaction. */
export function openPartitions(kafka: SimKafka, { control, partitions }: Setup): string[] {
  const names = [topics.input, ...(control ? [topics.control] : []), topics.results, deadLetters, changelog]
  return names.flatMap(name =>
    Array.from({ length: Math.min(partitions, kafka.partitions(name)) }, (_none, index) => ({
      name: `${name}-${index}`,
      log: kafka.log(name, index, Infinity),
    }))
      .filter(({ log }) => log.lastStable < log.end)
      .map(({ name: partition, log }) => `${partition} (${log.lastStable} of ${log.end})`),
  )
}
