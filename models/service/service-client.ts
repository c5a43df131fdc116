import { env, messageOf, pause, SluiceError } from '../../base/index.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import { parseJson } from './loose-json.ts'

/** How requests are sent to a model server. */
export interface ServiceClientOptions {
  /** The deadline for a request with all its attempts and waits, ms. Default 5 s. */
  readonly timeoutMs?: number
  /** The most attempts for a request. Default 3. */
  readonly attempts?: number
  /** The longest wait before the second attempt, ms; it doubles for each further one, and each wait is a random part of it. Default 100 ms. */
  readonly backoffMs?: number
  /** The number of unanswered requests in a row after which no requests are sent for a while. Default 3. */
  readonly breakerFailures?: number
  /** How long no requests are sent then, ms. Default 5 s. */
  readonly breakerMs?: number
  /** The largest answer that is read, bytes. Default 16 MiB. */
  readonly maxResponseBytes?: number
}

const defaults: Required<ServiceClientOptions> = {
  timeoutMs: 5000,
  attempts: 3,
  backoffMs: 100,
  breakerFailures: 3,
  breakerMs: 5000,
  maxResponseBytes: 16 * 1024 * 1024,
}

/** Statuses that mean: temporarily unavailable. The same request may succeed later. */
const passing: ReadonlySet<number> = new Set([429, 502, 503, 504])

/**
 * Sends requests in JSON to one model server. Scoring has no side effects, so a request is repeated until the deadline if the connection fails or
 * the server is temporarily unavailable. Redirects are not followed, so that only the allowed server answers.
 */
export class ServiceClient {
  readonly #options: Required<ServiceClientOptions>
  readonly #breaker: CircuitBreaker

  constructor(options: ServiceClientOptions = {}) {
    this.#options = { ...defaults, ...options }
    const { breakerFailures, breakerMs } = this.#options
    this.#breaker = new CircuitBreaker({ failures: breakerFailures, coolDownMs: breakerMs })
  }

  /** Sends a GET, or a POST if there is a body, and returns the answer's JSON. Throws SluiceError MODEL_FAILED. */
  async ask(url: string, body?: string): Promise<unknown> {
    if (!this.#breaker.admit()) {
      const seconds = (this.#breaker.retryInMs() / 1000).toFixed(1)
      throw failure(url, `it did not answer ${this.#breaker.failures} times in a row, and is asked again in ${seconds} s`)
    }
    const deadline = AbortSignal.timeout(this.#options.timeoutMs)
    try {
      const text = await this.#repeat(url, body, deadline)
      this.#breaker.succeeded()
      return parseAnswer(url, text)
    } catch (error) {
      if (error instanceof NoAnswer) {
        this.#breaker.failed()
        throw failure(url, deadline.aborted ? `no answer within ${this.#options.timeoutMs} ms (${error.message})` : error.message, error)
      }
      this.#breaker.succeeded()
      throw error
    }
  }

  async #repeat(url: string, body: string | undefined, deadline: AbortSignal): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(url, body, deadline)
      } catch (error) {
        if (!(error instanceof NoAnswer) || deadline.aborted || attempt >= this.#options.attempts) throw error
        const longest = this.#options.backoffMs * 2 ** (attempt - 1)
        await pause(longest * env.random(), deadline)
        if (deadline.aborted) throw error
      }
    }
  }

  async #once(url: string, body: string | undefined, signal: AbortSignal): Promise<string> {
    let response: Response
    let text: string | undefined
    try {
      response = await fetch(url, requestOf(body, signal))
      text = await readText(response, this.#options.maxResponseBytes)
    } catch (error) {
      throw new NoAnswer(causeOf(error))
    }
    if (passing.has(response.status)) throw new NoAnswer(`it answers ${statusOf(response, text)}`)
    if (text === undefined) throw failure(url, `its answer is larger than ${this.#options.maxResponseBytes} bytes`)
    if (!response.ok) throw failure(url, `it answers ${statusOf(response, text)}`)
    return text
  }
}

/** The server gave no usable answer; the same request may succeed later. */
class NoAnswer extends Error {}

function requestOf(body: string | undefined, signal: AbortSignal): RequestInit {
  const accept = { accept: 'application/json' }
  if (body === undefined) return { headers: accept, redirect: 'error', signal }
  return { method: 'POST', headers: { ...accept, 'content-type': 'application/json' }, body, redirect: 'error', signal }
}

/** The body; undefined if it is longer than allowed. No more of it is read then. */
async function readText(response: Response, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseAnswer(url: string, text: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    throw failure(url, `its answer is not JSON: ${messageOf(error)}`, error)
  }
}

/** The status and the server's message; both protocols have an `error` field for it. */
function statusOf({ status }: Response, text = ''): string {
  let said = text
  try {
    const { error } = JSON.parse(text) as { error?: unknown }
    if (typeof error === 'string') said = error
  } catch {
    // It is not JSON: it is shown as it is.
  }
  const line = said.replaceAll(/\s+/g, ' ').trim().slice(0, 300)
  return line === '' ? String(status) : `${status}: ${line}`
}

/** `fetch` puts the actual error into `cause`. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof AggregateError) return cause.errors.map(messageOf).join('; ')
  return messageOf(cause ?? error)
}

function failure(url: string, what: string, cause?: unknown): SluiceError {
  return new SluiceError('MODEL_FAILED', `the model server at ${url}: ${what}`, { cause })
}
