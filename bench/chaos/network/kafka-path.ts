import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerId, Frames, requestHead } from './frames.ts'
import type { Act, RequestRules } from './request-rules.ts'
import { reset } from './reset.ts'

/** Where frames go: `up` to the broker, `down` to the instance. */
export type Way = 'up' | 'down'

interface Fate {
  readonly act: Act
  readonly delayMs: number
  readonly struck: () => void
}

/** The way of one instance to one broker: a port that leads to one of the broker's listeners. It understands the frames' heads, and nothing more. */
export class KafkaPath {
  readonly #rules: RequestRules
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** By way: resolves when frames may pass again; undefined: they may. */
  readonly #held: Record<Way, Promise<void> | undefined> = { up: undefined, down: undefined }
  #release: (() => void) | undefined

  private constructor(rules: RequestRules, target: number) {
    this.#rules = rules
    this.#server = createServer(inbound => this.#pass(inbound, target))
  }

  static async open(rules: RequestRules, target: number): Promise<KafkaPath> {
    const path = new KafkaPath(rules, target)
    path.#server.listen(0, '127.0.0.1')
    await once(path.#server, 'listening')
    return path
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Nothing arrives this way any more, on connections that are there and on new ones, until `release`. */
  hold(way: Way): void {
    this.release(false)
    this.#held[way] = new Promise(resolve => (this.#release = resolve))
  }

  /** What was held arrives; with `reset`, its connections break instead. */
  release(reset: boolean): void {
    if (reset) this.#break()
    this.#held.up = undefined
    this.#held.down = undefined
    this.#release?.()
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#break()
    await closed
  }

  #break(): void {
    for (const socket of this.#sockets) reset(socket)
  }

  #pass(inbound: Socket, target: number): void {
    const outbound = connect(target, '127.0.0.1')
    /** What is to happen to answers, by correlation id. */
    const fates = new Map<number, Fate>()
    const ends = [
      [inbound, outbound],
      [outbound, inbound],
    ] as const
    for (const [one, other] of ends) {
      this.#sockets.add(one)
      one.setNoDelay(true)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        this.#sockets.delete(one)
        other.destroy()
      })
    }
    this.#carry('up', ends[0], frame => {
      const { apiKey, id } = requestHead(frame)
      const rule = this.#rules.take(apiKey)
      if (rule?.moment !== 'after') return rule
      fates.set(id, rule)
      return undefined
    })
    this.#carry('down', ends[1], frame => {
      const id = answerId(frame)
      const fate = fates.get(id)
      fates.delete(id)
      return fate
    })
  }

  /** Passes frames on in their order, each after what its fate says. */
  #carry(way: Way, [from, to]: readonly [Socket, Socket], fateOf: (frame: Buffer) => Fate | undefined): void {
    const frames = new Frames()
    let last = Promise.resolve()
    const step = async (frame: Buffer, fate: Fate | undefined): Promise<void> => {
      if (this.#held[way] !== undefined) await this.#held[way]
      fate?.struck()
      if (fate?.act === 'delay') await sleep(fate.delayMs, undefined, { ref: false })
      if (fate?.act === 'cut') for (const socket of [from, to]) reset(socket)
      if (fate?.act === 'swallow' || from.destroyed || to.destroyed || to.write(frame)) return
      from.pause()
      to.once('drain', () => from.resume())
    }
    from.on('data', (bytes: Buffer) => {
      for (const frame of frames.add(bytes)) {
        const fate = fateOf(frame)
        last = last.then(() => step(frame, fate))
      }
    })
  }
}
