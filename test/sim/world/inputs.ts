import { encodeRecordBatch, type ProducedMessage } from '../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { Dice } from '../dice.ts'
import type { SimKafka } from '../kafka/index.ts'
import type { Scheduler } from '../scheduler.ts'
import type { Application } from './application.ts'
import type { Plan } from './plan.ts'
import { produceRequest, producedError } from './produce-request.ts'

/** The time until a failed write is tried again, ms. */
const againMs = 100
const unansweredMs = 3000

/** Records to write to one partition. */
export interface Write {
  readonly topic: string
  readonly partition: number
  readonly messages: readonly ProducedMessage[]
}

/** Writes the inputs of a plan, as a client with a perfect network. A record that is written twice is two inputs. */
export class InputWriter {
  readonly #kafka: SimKafka
  readonly #scheduler: Scheduler
  readonly #brokers: number
  /** The number of writes that are not acknowledged yet, and the time of the last acknowledgement, in ms of the world's clock. */
  left = 0
  acknowledgedMs = 0

  constructor(kafka: SimKafka, scheduler: Scheduler, brokers: number) {
    this.#kafka = kafka
    this.#scheduler = scheduler
    this.#brokers = brokers
  }

  begin({ seed, setup }: Plan, application: Application): void {
    const dice = new Dice(seed, 'inputs')
    const count = Math.ceil(setup.inputs / dice.pick([1, 3, 10]))
    const each = Math.ceil(setup.inputs / count)
    for (let write = 0; write < count; write++) {
      const atMs = dice.between(0, setup.inputMs)
      for (const drawn of application.draw({ dice, atMs, count: each })) this.#writeAt(atMs, drawn)
    }
    for (const { atMs, ...drawn } of application.drawMore(new Dice(seed, 'more inputs'))) this.#writeAt(atMs, drawn)
  }

  #writeAt(atMs: number, write: Write): void {
    this.left++
    this.#scheduler.after(atMs, undefined, 'input', () => void this.#write(write))
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

  /** Tries this broker first, then the others: one of them becomes the leader of the partition sooner or later. */
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
