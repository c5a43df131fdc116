import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { encodeRecordBatch } from '../../../topology/runtime/kafka/kafkajs-mends/record-batch.ts'
import type { SimHost, SimKafka } from '../kafka/index.ts'
import { type ApiName, decodeResponse, encodeRequest, type RequestOf, type ResponseOf } from '../kafka/wire/index.ts'

/** Sends requests of the wire protocol to one broker, real or simulated; the connection of each request is chosen by a name. */
export interface Client {
  ask<N extends ApiName>(name: N, version: number, body: RequestOf<N>, connection?: string): Promise<ResponseOf<N>>
  sleep(ms: number): Promise<void>
  now(): number
  close(): void
}

/** A real broker. */
export function socketClient(address: string): Client {
  const [host = '', port] = address.split(':')
  const sockets = new Map<string, Wire>()
  return {
    async ask(name, version, body, connection = 'default') {
      const wire = sockets.get(connection) ?? new Wire(connect({ host, port: Number(port), noDelay: true }))
      sockets.set(connection, wire)
      return decodeResponse(name, version, await wire.send(id => encodeRequest(name, version, id, body)))
    },
    sleep: ms => pause(ms),
    now: () => Date.now(),
    close() {
      for (const wire of sockets.values()) wire.socket.destroy()
    },
  }
}

class Wire {
  readonly socket: Socket
  readonly #waiting = new Map<number, { readonly resolve: (response: Buffer) => void; readonly reject: (error: Error) => void }>()
  #received: Buffer = Buffer.alloc(0)
  #sent = 0

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', chunk => this.#take(chunk))
    const fail = (error?: Error): void => {
      for (const { reject } of this.#waiting.values()) reject(error ?? new Error('the broker has closed the connection'))
      this.#waiting.clear()
    }
    socket.on('error', fail)
    socket.on('close', () => fail())
  }

  send(encode: (id: number) => Buffer): Promise<Buffer> {
    const id = this.#sent++
    const request = encode(id)
    const head = Buffer.alloc(4)
    head.writeInt32BE(request.length)
    this.socket.write(Buffer.concat([head, request]))
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
    })
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    while (this.#received.length >= 4 && this.#received.length >= 4 + this.#received.readInt32BE(0)) {
      const end = 4 + this.#received.readInt32BE(0)
      const response = this.#received.subarray(4, end)
      this.#received = this.#received.subarray(end)
      const id = response.readInt32BE(0)
      this.#waiting.get(id)?.resolve(response)
      this.#waiting.delete(id)
    }
  }
}

/** Simulated time that advances only while a caller waits. */
export class VirtualTime implements SimHost {
  #now: number
  #seed = 1
  #count = 0
  #events: { readonly at: number; readonly order: number; readonly run: () => void }[] = []

  constructor(now: number) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    const event = { at: this.#now + Math.max(0, ms), order: this.#count++, run }
    this.#events.push(event)
    return () => void (this.#events = this.#events.filter(each => each !== event))
  }

  /** A pseudo-random number from 0 (inclusive) to 1 (exclusive), the same in every run. */
  random(): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0
    return this.#seed / 0x1_0000_0000
  }

  /** Advances to the next timer and runs it; returns false if there is none. */
  step(): boolean {
    const [first, ...rest] = this.#events
    if (first === undefined) return false
    const next = rest.reduce(
      (least, each) => (each.at < least.at || (each.at === least.at && each.order < least.order) ? each : least),
      first,
    )
    this.#events = this.#events.filter(each => each !== next)
    this.#now = next.at
    next.run()
    return true
  }
}

/** A simulated broker. Its time advances while a caller waits for an answer. */
export function simClient(kafka: SimKafka, time: VirtualTime, broker = 1): Client {
  const connections = new Map<string, object>()
  let asked = 0
  let waiting = 0
  let isPumping = false
  /** Advances time until no caller waits, or no timer is left: some requests are never answered. */
  const pump = (): void => {
    isPumping = waiting > 0 && time.step()
    if (isPumping) setImmediate(pump)
  }
  const wait = <T>(begin: (done: (value: T) => void) => void): Promise<T> =>
    new Promise(resolve => {
      waiting++
      if (!isPumping) setImmediate(pump)
      isPumping = true
      begin(value => {
        waiting--
        resolve(value)
      })
    })
  return {
    async ask(name, version, body, connection = 'default') {
      const key = connections.get(connection) ?? {}
      connections.set(connection, key)
      const request = encodeRequest(name, version, asked++, body)
      return decodeResponse(name, version, await wait<Buffer>(done => kafka.receive(broker, key, request, done)))
    },
    sleep: ms => wait<void>(done => void time.after(ms, () => done())),
    now: () => Math.floor(time.now()),
    close: () => undefined,
  }
}

export interface Writer {
  readonly producerId: number
  readonly epoch: number
  /** undefined: the batch is not part of a transaction. */
  readonly transactionalId?: string
}

export const nobody: Writer = { producerId: -1, epoch: -1 }

export interface Written {
  readonly topic: string
  readonly partition?: number
  readonly sequence?: number
  /** null marks a deletion. */
  readonly values?: readonly (string | null)[]
  readonly key?: Buffer
  readonly timestamp?: number
}

/** Writes one batch; returns the answer as the text "error offset". */
export async function write(client: Client, version: number, writer: Writer, written: Written): Promise<string> {
  const { topic, partition = 0, sequence = 0, values = ['x'], key = Buffer.from('key'), timestamp = client.now() } = written
  const { producerId, epoch, transactionalId } = writer
  const records = await encodeRecordBatch(
    values.map(value => ({ ...(key.length === 0 ? {} : { key }), value: value === null ? null : Buffer.from(value), timestamp })),
    {
      compression: 0,
      transactional: transactionalId !== undefined,
      producerId: BigInt(producerId),
      producerEpoch: epoch,
      firstSequence: producerId < 0 ? -1 : sequence,
    },
  )
  const answer = await client.ask('produce', version, {
    transactionalId: transactionalId ?? null,
    acks: -1,
    timeoutMs: 4000,
    topics: [{ name: topic, partitions: [{ index: partition, records }] }],
  })
  const [found] = answer.topics[0]!.partitions
  return `${found!.error} ${found!.baseOffset}`
}

/** Repeats a request until its answer is final: before that, coordinators load, topics are created and transactions are completed. */
export async function patiently<T>(client: Client, ask: () => Promise<T>, errorOf: (answer: T) => number): Promise<T> {
  for (let tries = 0; ; tries++) {
    const answer = await ask()
    if (![3, 5, 6, 14, 15, 16, 51].includes(errorOf(answer)) || tries > 200) return answer
    await client.sleep(25)
  }
}
