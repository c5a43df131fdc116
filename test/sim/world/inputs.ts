import { encodeRecordBatch, type ProducedMessage } from '../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { Dice } from '../dice.ts'
import type { SimKafka } from '../kafka/index.ts'
import type { Scheduler } from '../scheduler.ts'
import { worldBeganMs } from '../sim-env.ts'
import { poison, topics } from './counting.ts'
import type { Plan, Setup } from './plan.ts'
import { produceRequest, producedError } from './produce-request.ts'

const day = 24 * 60 * 60 * 1000
/** When what could not be written is tried again, ms. */
const againMs = 100
const unansweredMs = 3000
/** How long after a partition was added it is written to, ms. */
const grownMs = 100

interface Write {
  readonly topic: string
  readonly partition: number
  readonly messages: readonly ProducedMessage[]
}

/** Writes the inputs of a plan, as a client with a perfect network. A record that is written twice is two inputs. */
export class InputWriter {
  readonly #kafka: SimKafka
  readonly #scheduler: Scheduler
  readonly #brokers: number
  /** How many writes are not acknowledged, and when the last one was, ms of the world. */
  left = 0
  acknowledgedMs = 0

  constructor(kafka: SimKafka, scheduler: Scheduler, brokers: number) {
    this.#kafka = kafka
    this.#scheduler = scheduler
    this.#brokers = brokers
  }

  begin({ seed, setup }: Plan): void {
    const dice = new Dice(seed, 'inputs')
    const count = Math.ceil(setup.inputs / dice.pick([1, 3, 10]))
    const each = Math.ceil(setup.inputs / count)
    for (let write = 0; write < count; write++) {
      const atMs = dice.between(0, setup.inputMs)
      for (const drawn of drawWrites({ dice, setup, atMs, count: each })) {
        this.left++
        this.#scheduler.after(atMs, undefined, 'input', () => void this.#write(drawn))
      }
    }
  }

  async #write(write: Write): Promise<void> {
    const { topic, partition, messages } = write
    const batch = await encodeRecordBatch([...messages], {
      compression: 0,
      transactional: false,
      producerId: -1n,
      producerEpoch: -1,
      firstSequence: -1,
    })
    this.#ask(write, produceRequest(topic, partition, batch), 1)
  }

  /** The broker first, then the next ones: one of them leads the partition, sooner or later. */
  #ask(write: Write, request: Buffer, broker: number): void {
    if (broker > this.#brokers) {
      this.#scheduler.after(againMs, undefined, 'input', () => this.#ask(write, request, 1))
      return
    }
    if (!this.#kafka.isAlive(broker)) return this.#ask(write, request, broker + 1)
    let open = true
    const once = (run: () => void): void => {
      if (open) run()
      open = false
    }
    this.#kafka.receive(broker, {}, Buffer.from(request), response =>
      once(() => {
        if (producedError(response) === 0) {
          this.left--
          this.acknowledgedMs = this.#scheduler.now
        } else this.#ask(write, request, broker + 1)
      }),
    )
    // A broker that dies does not answer.
    if (open) this.#scheduler.after(unansweredMs, undefined, 'input', () => once(() => this.#ask(write, request, 1)))
  }
}

interface DrawnAt {
  readonly dice: Dice
  readonly setup: Setup
  readonly atMs: number
  readonly count: number
}

/** The records of one moment, by partition. */
function drawWrites({ dice, setup, atMs, count }: DrawnAt): readonly Write[] {
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

/** A result has the timestamp of its input: one of tomorrow its topic refuses. */
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

/** Headers so large that few records fit in a batch; undefined: not this time. */
function sized(dice: Dice, kind: string, maxBytes: number): ProducedMessage['headers'] {
  if (kind === poison.large) return { size: 'x'.repeat(maxBytes) }
  return dice.chance(0.3) ? { size: 'x'.repeat(Math.floor(dice.between(0.1, 0.6) * maxBytes)) } : undefined
}
