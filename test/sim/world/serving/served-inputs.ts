import { sluice } from '../../../../proto/messages.js'
import type { ProducedMessage } from '../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { partitionForKey } from '../../../../topology/runtime/topics/index.ts'
import type { Dice } from '../../dice.ts'
import { worldBeganMs } from '../../sim-env.ts'
import type { DrawnAt } from '../application.ts'
import type { Write } from '../inputs.ts'
import type { Setup } from '../plan.ts'
import { largestResult, loadTimes, type ServingSetup } from './serving-setup.ts'
import { simModelBytes } from './sim-models.ts'

export const servedTopics = { data: 'data', models: 'models', results: 'results' } as const

/** A data record that cannot be read. */
export const unreadable = 'poison'
/** The header of a data record whose result its topic does not take. */
export const large = 'large'

/** The names of models that are in a process of their own begin so; behind the first letter of a name comes the model's factor. */
export const heavyPrefix = 'h'

export interface ServedSetup extends Pick<Setup, 'partitions' | 'poison' | 'inputMs'> {
  readonly serving: ServingSetup
}

/** Data records of one moment, by partition. */
export function drawData({ partitions, poison, serving }: ServedSetup, { dice, atMs, count }: DrawnAt): readonly Write[] {
  const writes = new Map<number, Write & { readonly messages: ProducedMessage[] }>()
  for (let one = 0; one < count; one++) {
    const type = typeName(dice.below(serving.dataTypes))
    const value = dice.chance(poison / 100) ? unreadable : JSON.stringify({ type, x: 1 + dice.below(1000) })
    const isKeyed = serving.join === 'keyed' && !dice.chance(0.03)
    const key = isKeyed ? Buffer.from(type) : dice.chance(0.2) ? null : Buffer.from(`key ${dice.below(3)}`)
    const partition = isKeyed ? homeOf(type, partitions) : dice.below(partitions)
    const write = writes.get(partition) ?? { topic: servedTopics.data, partition, messages: [] }
    writes.set(partition, write)
    const timestamp = eventTime(dice, atMs + dice.between(0, serving.spreadMs))
    const headers = serving.large > 0 && dice.chance(serving.large / 100) ? { [large]: 'x'.repeat(largestResult) } : undefined
    write.messages.push({ key, value: Buffer.from(value), timestamp, headers })
  }
  return [...writes.values()]
}

/** Records of the models topic: models, good and bad, and promotions; some of both for a time that the data comes to later, or has passed. */
export function drawChanges({ partitions, inputMs, serving }: ServedSetup, dice: Dice): readonly (Write & { readonly atMs: number })[] {
  return Array.from({ length: serving.changes }, (_none, number) => {
    const atMs = dice.between(0, dice.chance(0.4) ? 0.1 * inputMs : inputMs)
    const dataType = typeName(dice.below(serving.dataTypes))
    const time = dice.chance(0.35) ? { effectiveFrom: worldBeganMs + Math.floor(atMs + dice.between(-300, 0.5 * inputMs)) } : {}
    const promote = { version: 1 + dice.below(4) }
    const change = dice.chance(0.65) ? { ...time, ...drawModel(dice, serving, number + 2) } : { control: { promote, ...time } }
    const value = Buffer.from(sluice.ModelDescriptor.encode({ dataType, ...change }).finish())
    const isMisplaced = dice.chance(0.1)
    const key = isMisplaced && dice.chance(0.5) ? null : Buffer.from(dataType)
    const partition = isMisplaced ? dice.below(partitions) : homeOf(dataType, partitions)
    const messages = [{ key, value, timestamp: worldBeganMs + Math.floor(atMs), headers: undefined }]
    return { topic: servedTopics.models, partition, messages, atMs }
  })
}

/** The partition of a data type's models and, where data is keyed, of its data. */
export function homeOf(dataType: string, partitions: number): number {
  return partitionForKey(Buffer.from(dataType), partitions)
}

function typeName(number: number): string {
  return `type ${number}`
}

function eventTime(dice: Dice, atMs: number): number {
  return worldBeganMs + Math.max(0, Math.floor(dice.chance(0.1) ? atMs - dice.between(0, 2000) : atMs))
}

/** No two models have the same bytes: a score tells which one it is of. */
function drawModel(dice: Dice, { loadMs, scoreMs, heavy: share, heavyMs }: ServingSetup, factor: number): object {
  const [loads, bad, heavy] = [loadMs * dice.pick(loadTimes), dice.chance(0.15), dice.chance(share / 100)]
  const facts = { factor, loadMs: loads, scoreMs: heavy ? heavyMs : scoreMs, bad, heavy }
  return { name: `${heavy ? heavyPrefix : 'm'}${factor}`, data: simModelBytes(facts) }
}
