import { Dice } from '../dice.ts'
import type { SimKafka } from '../kafka/index.ts'
import { worldBeganMs } from '../sim-env.ts'
import { poison, topics } from './counting.ts'
import type { JudgedInput } from './judge.ts'
import type { Plan } from './plan.ts'

const day = 24 * 60 * 60 * 1000

/** Records that are written at one moment. */
export interface InputWrite {
  readonly atMs: number
  readonly write: () => void
}

/** The inputs of a plan, in several writes; each tells what it has written. */
export function drawInputs({ seed, setup }: Plan, kafka: SimKafka, onInput: (input: JudgedInput) => void): readonly InputWrite[] {
  const dice = new Dice(seed, 'inputs')
  const writes = Array.from({ length: Math.ceil(setup.inputs / dice.pick([1, 3, 10])) }, () => dice.between(0, setup.inputMs)).sort(
    (a, b) => a - b,
  )
  const each = Math.ceil(setup.inputs / writes.length)
  return writes.map(atMs => ({
    atMs,
    write: () => {
      for (let count = 0; count < each; count++) writeOne({ dice, kafka, setup, atMs, onInput })
    },
  }))
}

interface OneInput {
  readonly dice: Dice
  readonly kafka: SimKafka
  readonly setup: Plan['setup']
  readonly atMs: number
  readonly onInput: (input: JudgedInput) => void
}

function writeOne({ dice, kafka, setup, atMs, onInput }: OneInput): void {
  const topic = setup.control && dice.chance(0.2) ? topics.control : topics.input
  const number = dice.below(setup.keys)
  const key = dice.chance(0.05) ? null : Buffer.from(`key ${number}`)
  const partition = key === null ? dice.below(setup.partitions) : number % setup.partitions
  const isPoison = dice.chance(setup.poison / 100)
  // A result would have the timestamp of its input, which its topic refuses.
  const isLate = isPoison && dice.chance(0.3)
  const at = worldBeganMs + Math.floor(atMs)
  const timestamp = isLate ? at + day : dice.chance(0.1) ? dice.pick([0, 1, at - day]) : at
  const value = Buffer.from(isPoison && !isLate ? dice.pick([poison.early, poison.late]) : 'good')
  const headers: [string, Buffer][] = dice.chance(0.2)
    ? [
        ['twice', Buffer.from('1')],
        ['twice', Buffer.alloc(0)],
      ]
    : []
  const offset = kafka.append(topic, partition, { key, value, timestamp, headers })
  onInput({ topic, partition, offset, key, poison: isPoison })
}
