import { deadLetterHeaders } from '../../../topology/index.ts'
import type { SimDisk } from '../disk/sim-disk.ts'
import type { LoggedRecord, SimKafka } from '../kafka/index.ts'
import { type ApplicationTopics, deadLetters } from './application.ts'

/** Reads each committed record once. */
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

/** Where a disk does not hold what the changelog of a store said up to its checkpoint. `changes`: what was ever committed to each partition: compaction may have removed it. */
export function diskViolations(disks: readonly SimDisk[], store: string, changes: readonly (readonly LoggedRecord[])[]): string[] {
  return disks.flatMap((disk, index) =>
    [...disk.stores].flatMap(([directory, { rows, checkpoint }]) => {
      const [, partition] = new RegExp(`_(\\d+)/${store}$`).exec(directory) ?? []
      if (partition === undefined) return []
      const found = new Map([...rows.values()].map(([key, value]) => [textOf(key), textOf(value)]))
      const then = lastValues(changes[Number(partition)] ?? [], checkpoint?.changelogOffset ?? 0)
      return differences(found, then).map(text => `disk of instance-${index}, ${directory}: ${text}`)
    }),
  )
}

/** The last value of each key, of the records before an offset. */
export function lastValues(records: readonly LoggedRecord[], end = Infinity): ReadonlyMap<string, string> {
  const last = new Map<string, string>()
  for (const { offset, key, value } of records) {
    if (offset >= end || key === null) continue
    if (value === null) last.delete(textOf(key))
    else last.set(textOf(key), textOf(value))
  }
  return last
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

export function differences(found: ReadonlyMap<string, string>, due: ReadonlyMap<string, string>): string[] {
  const names = [...new Set([...found.keys(), ...due.keys()])]
  return names
    .filter(name => found.get(name) !== due.get(name))
    .map(name => `${JSON.stringify(name)} is ${JSON.stringify(found.get(name))} instead of ${JSON.stringify(due.get(name))}`)
}

/** The partitions whose readers wait for the end of a transaction. */
export function openPartitions(kafka: SimKafka, { inputs, results, changelogs, more }: ApplicationTopics, partitions: number): string[] {
  const names = [...inputs, results, deadLetters, ...changelogs, ...more]
  return names.flatMap(name =>
    Array.from({ length: Math.min(partitions, kafka.partitions(name)) }, (_none, index) => ({
      name: `${name}-${index}`,
      log: kafka.log(name, index, Infinity),
    }))
      .filter(({ log }) => log.lastStable < log.end)
      .map(({ name: partition, log }) => `${partition} (${log.lastStable} of ${log.end})`),
  )
}
