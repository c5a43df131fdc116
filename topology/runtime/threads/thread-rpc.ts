import { messageOf, SluiceError, type ErrorCode } from '../../../base/index.ts'

/** One end of a channel between threads: a Worker in the main thread, or the parentPort of a worker. */
export interface Endpoint {
  postMessage(message: unknown, transfer: readonly never[]): void
  on(event: 'message', listener: (message: unknown) => void): unknown
}

type Method = (...args: readonly unknown[]) => unknown
type ArgumentsOf<F> = F extends (...args: infer A) => unknown ? A : never
type AnswerOf<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never

type Message =
  | { readonly kind: 'call'; readonly id: number | undefined; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly error: PlainError }

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
}

/**
 * Calls methods over a channel between threads, in both directions. `Remote`: the methods of the other side. Arguments and answers are plain data and
 * are cloned; errors keep their name, message, stack, code and causes.
 */
export class ThreadRpc<Remote extends object> {
  readonly #endpoint: Endpoint
  readonly #own: Readonly<Record<string, Method>>
  readonly #waiting = new Map<number, Waiting>()
  #calls = 0
  #closed: unknown

  /** `own`: the object whose methods the other side may call. */
  constructor(endpoint: Endpoint, own: object) {
    this.#endpoint = endpoint
    this.#own = own as Readonly<Record<string, Method>>
    endpoint.on('message', message => this.#receive(message as Message))
  }

  /** Calls a method of the other side; resolves with its answer. */
  call<K extends keyof Remote & string>(method: K, ...args: ArgumentsOf<Remote[K]>): Promise<AnswerOf<Remote[K]>> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) return reject(this.#closed)
      const id = ++this.#calls
      this.#post({ kind: 'call', id, method, args })
      this.#waiting.set(id, { resolve, reject })
    })
  }

  /** Calls a method of the other side without waiting for an answer. */
  tell<K extends keyof Remote & string>(method: K, ...args: ArgumentsOf<Remote[K]>): void {
    if (this.#closed === undefined) this.#post({ kind: 'call', id: undefined, method, args })
  }

  /** Closes the channel after the other side has ended: pending and later calls reject with the reason. */
  close(reason: unknown): void {
    this.#closed ??= reason
    for (const { reject } of this.#waiting.values()) reject(this.#closed)
    this.#waiting.clear()
  }

  #post(message: Message): void {
    this.#endpoint.postMessage(message, [])
  }

  #receive(message: Message): void {
    if (message.kind === 'call') return void this.#run(message.id, message.method, message.args)
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (message.kind === 'answer') waiting?.resolve(message.value as never)
    else waiting?.reject(errorOf(message.error))
  }

  async #run(id: number | undefined, method: string, args: readonly unknown[]): Promise<void> {
    if (id === undefined) return void this.#own[method]?.(...args)
    try {
      const value: unknown = await this.#own[method]?.(...args)
      this.#post({ kind: 'answer', id, value })
    } catch (error) {
      this.#post({ kind: 'refusal', id, error: plainError(error) })
    }
  }
}

/** An error as plain data: a structured clone of an error would lose its code. */
export interface PlainError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly code: ErrorCode | undefined
  /** Of kafkajs' errors: the protocol's name for the error, and whether the request may be retried. */
  readonly type: unknown
  readonly retriable: unknown
  readonly cause: PlainError | undefined
}

const maxCauses = 8

export function plainError(error: unknown, depth = 0): PlainError {
  const cause = error instanceof Error && error.cause !== undefined && depth < maxCauses ? plainError(error.cause, depth + 1) : undefined
  return {
    name: error instanceof Error ? error.name : 'Error',
    message: messageOf(error),
    stack: error instanceof Error ? error.stack : undefined,
    code: error instanceof SluiceError ? error.code : undefined,
    type: plainField(error, 'type'),
    retriable: plainField(error, 'retriable'),
    cause,
  }
}

/** A property of an error if it is a string or a boolean: other values may not be cloneable. */
function plainField(error: unknown, name: 'type' | 'retriable'): unknown {
  const value: unknown = error instanceof Error ? (error as { readonly type?: unknown; readonly retriable?: unknown })[name] : undefined
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined
}

export function errorOf({ name, message, stack, code, type, retriable, cause }: PlainError): Error {
  const options = cause === undefined ? {} : { cause: errorOf(cause) }
  const error = code === undefined ? new Error(message, options) : new SluiceError(code, message, options)
  error.name = name
  if (stack !== undefined) error.stack = stack
  if (type !== undefined) Object.assign(error, { type })
  if (retriable !== undefined) Object.assign(error, { retriable })
  return error
}
