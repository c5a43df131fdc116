import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { env, isCertificates, messageOf, SluiceError } from '../../base/index.ts'
import { checkedOptions, completeOptions, integer, kindOf, optional, required, text } from '../../base/options/index.ts'

/** How to reach a schema registry. Plain data, which can be sent to another thread. */
export interface RegistryAddress {
  /**
   * The URL of the registry, below which its REST API has `/schemas` and `/subjects`. A user name and a password in it are those for HTTP basic
   * authentication.
   */
  readonly url: string
  /** For HTTP basic authentication, with `password`. No message or log contains the password. */
  readonly username?: string | undefined
  /** The password of `username`. */
  readonly password?: string | undefined
  /** A bearer token. No message or log contains it. */
  readonly token?: string | undefined
  /** Certificate authorities that are trusted for the registry's certificate, as PEM; undefined: those that Node.js trusts. */
  readonly ca?: string | undefined
  /** How long one answer may take, ms; default 10 s. */
  readonly timeoutMs?: number | undefined
}

const pem = kindOf<string>(
  'string',
  'PEM with certificates, each on lines of its own, as text',
  value => typeof value === 'string' && isCertificates(value),
)
const string = kindOf<string>('string', 'text', value => typeof value === 'string')

/** All are secret: the URL may hold a password too. */
const addressTable = {
  url: required(text, 'URL of the registry', { secret: true }),
  username: optional(string, 'user', { secret: true }),
  password: optional(string, 'password', { secret: true }),
  token: optional(text, 'bearer token', { secret: true }),
  ca: optional(pem, 'trusted authorities', { secret: true }),
  timeoutMs: optional(integer(1, 600_000), 'longest time of an answer', { unit: 'ms' }),
} as const

/** The registry has no such thing: what its answer says, for people. */
export class NotInRegistry extends Error {
  override readonly name = 'NotInRegistry'
}

/** The registry's answers that say that there is no such subject, version or schema. A 404 without one comes from something else, such as a proxy. */
const absent: readonly unknown[] = [40401, 40402, 40403]
const maxAnswerBytes = 16 * 1024 * 1024

/** Sends GET (or POST, with a body) requests to a registry's REST API. Throws NotInRegistry, and Error when there is no usable answer. */
export class RegistryClient {
  readonly #address: RegistryAddress
  readonly #base: string

  /** Throws SluiceError CONFIG_INVALID for a wrong option, and a URL that is none. */
  constructor(given: RegistryAddress) {
    const address = completeOptions(addressTable, checkedOptions({ of: 'SchemaRegistry' }, addressTable, given))
    const { base, username, password } = partsOf(address.url)
    this.#base = base
    this.#address = { ...address, ...(username === '' ? {} : { username, password }) }
  }

  /** The URL without a password. */
  get url(): string {
    return this.#base
  }

  async ask(path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> {
    const { status, text, location } = await this.#send(path, body)
    const answer = jsonObject(text)
    const { error_code: code, message } = answer ?? {}
    if (status === 404 && absent.includes(code)) throw new NotInRegistry(String(message))
    if (status === 404) throw new Error('it answered 404, but not as a schema registry does: the URL may be wrong')
    if (status === 401 || status === 403) throw new Error(`it answered ${status}: the credentials are refused`)
    if (location !== undefined) throw new Error(`it answered ${status}, which sends to ${location}: name the URL of the registry itself`)
    if (status >= 200 && status < 300 && answer !== undefined) return answer
    throw new Error(`it answered ${status}${typeof message === 'string' ? `: ${message.slice(0, 200)}` : ' without JSON'}`)
  }

  async #send(path: string, body: unknown): Promise<Answer> {
    const { ca, timeoutMs = 10_000 } = this.#address
    const url = new URL(`${this.#base}${path}`)
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const content = body === undefined ? undefined : JSON.stringify(body)
    const sent = send(url, {
      method: content === undefined ? 'GET' : 'POST',
      headers: this.#headers(content),
      ...(ca === undefined ? {} : { ca }),
    })
    // A connection that fails during the answer is thrown to its reader and also emitted here: without a listener the process would end.
    sent.on('error', () => undefined)
    let late = false
    const timer = env.timer(timeoutMs, () => {
      late = true
      sent.destroy(new Error('late'))
    })
    try {
      sent.end(content)
      const [answer] = (await once(sent, 'response')) as [IncomingMessage]
      const { statusCode: status = 0, headers } = answer
      const text = await textOf(answer)
      return { status, text, location: status >= 300 && status < 400 ? headers.location : undefined }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      const reason = late ? `it did not answer within ${timeoutMs} ms` : messageOf(error) || code
      throw new Error(`it does not answer: ${reason}`, { cause: error })
    } finally {
      timer.cancel()
    }
  }

  #headers(content: string | undefined): Readonly<Record<string, string>> {
    const { username, password = '', token } = this.#address
    const basic = username === undefined ? undefined : `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
    const authorization = token === undefined ? basic : `Bearer ${token}`
    return {
      accept: 'application/vnd.schemaregistry.v1+json, application/json',
      ...(authorization === undefined ? {} : { authorization }),
      ...(content === undefined ? {} : { 'content-type': 'application/vnd.schemaregistry.v1+json' }),
    }
  }
}

interface Answer {
  readonly status: number
  readonly text: string
  /** Where the answer sends to instead. */
  readonly location: string | undefined
}

/** The URL without credentials, which messages show, and the credentials. */
function partsOf(url: string): { readonly base: string; readonly username: string; readonly password: string } {
  const parsed = /^https?:\/\/./i.test(url) && URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined)
    throw new SluiceError('CONFIG_INVALID', 'the URL of the schema registry is not allowed; allowed: one http: or https: URL')
  const [username, password] = [unescaped(parsed.username), unescaped(parsed.password)]
  parsed.username = ''
  parsed.password = ''
  return { base: parsed.href.replace(/\/+$/, ''), username, password }
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxAnswerBytes) throw new Error(`its answer has more than ${maxAnswerBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
