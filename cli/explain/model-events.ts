import { isObject } from '../../base/options/index.ts'
import type { ModelEvent } from '../../serving/index.ts'

/** Records of the events topic: events of a data type, in order, and how many records with its key were none. */
export interface ReadEvents {
  readonly events: readonly ModelEvent[]
  readonly stray: number
}

/** Reads the records that have the data type as their key. Anybody with the right may write to the topic: what is no event of the data type is counted. */
export function readEvents(
  records: Iterable<{ readonly key: Buffer | null; readonly value: Buffer | null }>,
  dataType: string,
): ReadEvents {
  const events: ModelEvent[] = []
  let stray = 0
  for (const { key, value } of records) {
    if (key?.toString('utf8') !== dataType) continue
    const event = value === null ? undefined : eventIn(value, dataType)
    if (event === undefined) stray++
    else events.push(event)
  }
  return { events, stray }
}

/** The event in the value of a record whose key is the data type; undefined: it is none. */
export function eventIn(value: Buffer, dataType: string): ModelEvent | undefined {
  let json: unknown
  try {
    json = JSON.parse(value.toString('utf8'))
  } catch {
    return undefined
  }
  if (!isObject(json) || typeof json['event'] !== 'string' || json['dataType'] !== dataType || !isTime(json['at'])) return undefined
  return isPlace(json['record']) && isPlace(json['position']) ? (json as unknown as ModelEvent) : undefined
}

/** Whether it is a time that a Date can hold. */
function isTime(at: unknown): boolean {
  return typeof at === 'number' && Math.abs(at) <= 8.64e15
}

/** Whether it is a place, or absent. */
function isPlace(place: unknown): boolean {
  if (place === undefined) return true
  return isObject(place) && typeof place['partition'] === 'number' && typeof place['offset'] === 'number'
}
