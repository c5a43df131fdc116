import { EventEmitter } from 'node:events'
import type { SimProcess } from '../sim-process.ts'

/** The network side of a socket. */
export interface Wire {
  /** Sends bytes. They arrive even if the process dies afterwards. */
  write(data: Buffer): void
  /** Called when the socket has ended its side of the connection. */
  end(): void
  /** Called when the socket is destroyed. */
  destroy(): void
  /** Calls a function as an event of the socket's process, after the event that is running now. */
  soon(label: string, run: () => void): void
}

/** A socket of a simulated process, as far as kafkajs and the connections between instances use one. */
export class SimSocket extends EventEmitter {
  readonly process: SimProcess
  destroyed = false
  connecting = true
  readonly readyState = 'open'
  #wire: Wire | undefined
  #ended = false
  #heardEnd = false
  #encoding: BufferEncoding | undefined
  /** Chunks that wait for `uncork`. */
  #corked: Buffer[] | undefined

  constructor(process: SimProcess) {
    super()
    this.process = process
  }

  // Called by the application

  write(data: Buffer | string, encoding?: BufferEncoding): boolean {
    if (this.destroyed || this.#ended) return false
    const bytes = typeof data === 'string' ? Buffer.from(data, encoding === 'binary' ? 'latin1' : encoding) : data
    if (this.#corked === undefined) this.#wire?.write(bytes)
    else this.#corked.push(bytes)
    return true
  }

  cork(): void {
    this.#corked ??= []
  }

  uncork(): void {
    const corked = this.#corked ?? []
    this.#corked = undefined
    if (corked.length > 0 && !this.destroyed) this.#wire?.write(corked.length === 1 ? (corked[0] as Buffer) : Buffer.concat(corked))
  }

  end(data?: Buffer | string): this {
    if (data !== undefined) this.write(data)
    if (this.#ended || this.destroyed) return this
    this.uncork()
    this.#ended = true
    this.#wire?.end()
    if (this.#heardEnd) this.#close()
    return this
  }

  destroy(error?: Error): this {
    if (this.destroyed) return this
    this.#ended = true
    this.#wire?.destroy()
    this.#close(error)
    return this
  }

  setEncoding(encoding: BufferEncoding): this {
    this.#encoding = encoding
    return this
  }

  setKeepAlive(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setTimeout(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  // Called by the network, in the socket's process

  attach(wire: Wire): void {
    this.#wire = wire
  }

  opened(): void {
    if (this.destroyed) return
    this.connecting = false
    this.emit('connect')
  }

  received(data: Buffer): void {
    if (this.destroyed || this.#heardEnd) return
    this.emit('data', this.#encoding === undefined ? data : data.toString(this.#encoding))
  }

  peerEnded(): void {
    if (this.destroyed || this.#heardEnd) return
    this.#heardEnd = true
    this.emit('end')
    this.end()
    this.#close()
  }

  failed(code: string): void {
    if (this.destroyed) return
    this.#ended = true
    this.#close(Object.assign(new Error(`${code} (simulated)`), { code }))
  }

  #close(error?: Error): void {
    if (this.destroyed) return
    this.destroyed = true
    this.#wire?.soon('closed', () => {
      if (error !== undefined) this.emit('error', error)
      this.emit('close', error !== undefined)
    })
  }
}
