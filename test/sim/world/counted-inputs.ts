import type { ProducedMessage } from '../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import type { Dice } from '../dice.ts'
import { worldBeganMs } from '../sim-env.ts'
import type { DrawnAt } from './application.ts'
import { poison, topics } from './counting.ts'
import type { Write } from './inputs.ts'
import type { Setup } from './plan.ts'

const day = 24 * 60 * 60 * 1000
/** The time from the addition of a partition to the first write to it, ms. */
const grownMs = 100

/** The records of one moment, by partition. */
export function drawCounted(setup: Setup, { dice, atMs, count }: DrawnAt): readonly Write[] {
  const writes = new Map<string, Write & { readonly messages: ProducedMessage[] }>()
  for (let one = 0; one < count; one++) {
    const topic = setup.control && dice.chance(0.2) ? topics.control : topics.input
    const number = dice.below(setup.keys)
    const key = dice.chance(0.05) ? null : Buffer.from(`key ${number}`)
    const { partitionAtMs = Infinity } = setup.topics
    const partitions = atMs > partitionAtMs + grownMs ? setup.partitions + 1 : setup.partitions
    const partition = key === null ? dice.below(partitions) : number % partitions
    const name = `${topic} ${partition}`
    const write = writes.get(name) ?? { topic, partition, messages: [] }
    writes.set(name, write)
    write.messages.push({ key, ...drawValue(dice, setup, atMs) })
  }
  return [...writes.values()]
}

/** A result has the timestamp of its input; its topic refuses a timestamp that is a day ahead. */
function drawValue(dice: Dice, setup: Setup, atMs: number): Pick<ProducedMessage, 'value' | 'timestamp' | 'headers'> {
  const { maxResultBytes } = setup.topics
  const refused = Object.values(poison).filter(each => each !== poison.large || maxResultBytes !== undefined)
  const kind = dice.chance(setup.poison / 100) ? dice.pick(refused) : 'good'
  const at = worldBeganMs + Math.floor(atMs)
  const old = dice.chance(0.1) ? dice.pick([0, 1, at - day]) : at
  const few = dice.chance(0.2) ? { twice: ['1', ''] } : undefined
  const headers = maxResultBytes === undefined ? few : (sized(dice, kind, maxResultBytes) ?? few)
  return { value: Buffer.from(kind), timestamp: kind === poison.tomorrow ? at + day : old, headers }
}

/** Headers so large that few records fit in a batch; undefined: this record has none. */
function sized(dice: Dice, kind: string, maxBytes: number): ProducedMessage['headers'] {
  if (kind === poison.large) return { size: 'x'.repeat(maxBytes) }
  return dice.chance(0.3) ? { size: 'x'.repeat(Math.floor(dice.between(0.1, 0.6) * maxBytes)) } : undefined
}
