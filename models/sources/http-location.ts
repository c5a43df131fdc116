import { env, messageOf, SluiceError, type Timer } from '../../base/index.ts'

export interface HttpRules {
  /** The only hosts that are contacted: `host` (at the scheme's default port) or `host:port`, exactly. */
  readonly hosts: readonly string[]
  /** The longest time without data, or with too little of it, ms. Default 15 s. */
  readonly silenceMs?: number
  /** The longest time in all, ms. Default 15 minutes. */
  readonly mostMs?: number
}

const defaultSilenceMs = 15_000
const defaultMostMs = 15 * 60_000
/** A server that gives less than so much during `silenceMs` counts as silent. */
const leastBytesPerSecond = 16 * 1024
const maxRedirects = 3

/** Whether a location is an http: or https: URL. */
export function isHttpLocation(location: string): boolean {
  return /^https?:/i.test(location)
}

/**
 * Streams the bytes of a model from a URL. Redirects are followed to allowed hosts only. Throws SluiceError MODEL_LOCATION_REFUSED before any
 * request to a host that is not allowed, MODEL_LOAD_FAILED if the server does not answer with a model in time.
 */
export async function* httpChunks(location: string, rules: HttpRules): AsyncGenerator<Uint8Array> {
  let url = checkHttpLocation(location, rules.hosts)
  const watch = new SilenceWatch(rules.silenceMs ?? defaultSilenceMs, rules.mostMs ?? defaultMostMs)
  try {
    for (let hop = 0; ; hop++) {
      const answer = await fetch(url, { redirect: 'manual', signal: watch.signal })
      watch.answered()
      const next = answer.headers.get('location')
      if (answer.status < 300 || answer.status >= 400 || next === null) {
        yield* bodyOf(answer, watch)
        return
      }
      await answer.body?.cancel()
      if (hop === maxRedirects) throw new Error(`it was redirected more than ${maxRedirects} times`)
      url = checkHttpLocation(new URL(next, url).href, rules.hosts)
    }
  } catch (error) {
    throw error instanceof SluiceError ? error : unreadable(location, error)
  } finally {
    watch.end()
  }
}

/** Returns the URL if its host is allowed. Throws SluiceError MODEL_LOCATION_REFUSED. */
export function checkHttpLocation(location: string, hosts: readonly string[]): URL {
  const refused = (why: string): SluiceError =>
    new SluiceError(
      'MODEL_LOCATION_REFUSED',
      `the model location ${location} is refused: ${why}; models may come from: ${hosts.join(', ') || 'none, no model host is configured'}`,
    )
  if (!URL.canParse(location)) throw refused('it is not a URL')
  const url = new URL(location)
  if (url.username !== '' || url.password !== '') throw refused('it contains a user name or a password')
  const usual = url.protocol === 'https:' ? '443' : '80'
  const host = `${url.hostname}:${url.port || usual}`.toLowerCase()
  const allowed = hosts.some(each => (/:\d+$/.test(each) ? each : `${each}:${usual}`).toLowerCase() === host)
  if (!allowed || !isHttpLocation(location)) throw refused(`its host ${url.host} is not a model host`)
  return url
}

async function* bodyOf(answer: Response, watch: SilenceWatch): AsyncGenerator<Uint8Array> {
  if (!answer.ok) {
    await answer.body?.cancel()
    throw new Error(`the server answered ${answer.status}`)
  }
  if (answer.body === null) return
  for await (const chunk of answer.body) {
    watch.heard((chunk as Uint8Array).length)
    yield chunk as Uint8Array
  }
}

/** Aborts a request when the server has given nothing, or hardly anything, for too long, or when all of it takes too long. */
class SilenceWatch {
  readonly #controller = new AbortController()
  readonly #limitMs: number
  readonly #least: number
  readonly #whole: Timer
  #timer: Timer | undefined
  /** Since the timer was set. */
  #bytes = 0

  constructor(limitMs: number, mostMs: number) {
    this.#limitMs = limitMs
    this.#least = (leastBytesPerSecond * limitMs) / 1000
    this.#whole = env.timer(mostMs, () => this.#controller.abort(new Error(`it took more than ${mostMs} ms`)))
    this.answered()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  answered(): void {
    this.#timer?.cancel()
    this.#bytes = 0
    this.#timer = env.timer(this.#limitMs, () => this.#look())
  }

  heard(bytes: number): void {
    this.#bytes += bytes
  }

  end(): void {
    this.#timer?.cancel()
    this.#whole.cancel()
    this.#controller.abort()
  }

  #look(): void {
    if (this.#bytes >= this.#least) return this.answered()
    const what = this.#bytes === 0 ? 'no data was received' : `less than ${leastBytesPerSecond / 1024} KB a second were received`
    this.#controller.abort(new Error(`${what} for ${this.#limitMs} ms`))
  }
}

function unreadable(location: string, error: unknown): SluiceError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return new SluiceError('MODEL_LOAD_FAILED', `the model at ${location} cannot be read: ${messageOf(cause)}`, { cause: error })
}
