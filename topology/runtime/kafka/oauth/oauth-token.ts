import { exec } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { promisify } from 'node:util'
import { env, messageOf } from '../../../../base/index.ts'

/** Where bearer tokens come from. Plain data, so that it can go to another thread. */
export type TokenSource =
  /** Read again whenever a connection is made: somebody else keeps it fresh. */
  | { readonly file: string }
  /** Given to the shell; what it writes to its standard output is the token. */
  | { readonly command: string }
  | TokenEndpoint

/** An OpenID Connect provider's token endpoint, asked with the client-credentials grant. */
export interface TokenEndpoint {
  /** Where it is asked. */
  readonly url: string
  /** By which the endpoint knows the client. */
  readonly clientId: string
  /** Never shown in a message or a log. */
  readonly clientSecret: string
  /** What the token is for; default as the endpoint has it. */
  readonly scope?: string | undefined
  /** Authorities that vouch for the endpoint's certificate, as PEM; undefined: those that Node.js trusts. */
  readonly ca?: string | undefined
}

/** No token now; another try may do better. Named as kafkajs' own of a connection that was not made, which is what becomes of it. */
export class TokenUnavailable extends Error {
  readonly retriable = true
  override readonly name = 'KafkaJSConnectionError'
}

/** No token, and waiting does not help. Named as kafkajs' own of credentials that are refused. */
export class TokenRefused extends Error {
  readonly retriable = false
  override readonly name = 'KafkaJSSASLAuthenticationError'
}

interface Token {
  readonly value: string
  /** Until when it may be given again, epoch ms; 0: once. */
  readonly reusableUntil: number
}

const commandTimeoutMs = 30_000
const endpointTimeoutMs = 10_000
const maxAnswerBytes = 1024 * 1024
/** The share of its life for which a token is given out: brokers ask for another before it ends. */
const reusedShare = 0.8
const shell = promisify(exec)

/**
 * A source's tokens. One that tells how long it lives (a JWT, an endpoint's answer) is given again for most of that; who asks at the same moment
 * gets the same. Errors never hold a token, a secret, or what a command has written.
 */
export class TokenCache {
  readonly #source: TokenSource
  #token: Token | undefined
  #asking: Promise<Token> | undefined

  constructor(source: TokenSource) {
    this.#source = source
  }

  /** Throws TokenUnavailable, TokenRefused. */
  async get(): Promise<string> {
    if (this.#token !== undefined && env.monotonic() < this.#token.reusableUntil) return this.#token.value
    this.#asking ??= tokenFrom(this.#source).finally(() => (this.#asking = undefined))
    this.#token = await this.#asking
    return this.#token.value
  }

  /** A broker did not take it. */
  forget(): void {
    this.#token = undefined
  }
}

async function tokenFrom(source: TokenSource): Promise<Token> {
  if ('file' in source) return { ...checked(await fromFile(source.file), `file ${source.file}`), reusableUntil: 0 }
  if ('command' in source) return checked(await fromCommand(source.command), 'command of sasl.tokenCommand')
  return fromEndpoint(source)
}

async function fromFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new TokenUnavailable(`the token file ${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? messageOf(error)}`)
  }
}

async function fromCommand(command: string): Promise<string> {
  try {
    return (await shell(command, { timeout: commandTimeoutMs, maxBuffer: maxAnswerBytes })).stdout
  } catch (error) {
    const { code, killed } = error as { readonly code?: number | string; readonly killed?: boolean }
    const how = killed === true ? `did not end within ${commandTimeoutMs / 1000} s` : `ended with ${code ?? 'a signal'}`
    throw new TokenUnavailable(`the command of sasl.tokenCommand ${how}: run it by hand to see why`)
  }
}

async function fromEndpoint(endpoint: TokenEndpoint): Promise<Token> {
  const { url } = endpoint
  let answer: { readonly status: number; readonly text: string }
  try {
    answer = await post(endpoint)
  } catch (error) {
    throw new TokenUnavailable(`the token endpoint ${url} does not answer: ${messageOf(error) || (error as NodeJS.ErrnoException).code}`)
  }
  const { status, text } = answer
  const body = jsonObject(text)
  if (status >= 500 || status === 429) throw new TokenUnavailable(`the token endpoint ${url} answered ${status}`)
  if (status !== 200) throw new TokenRefused(`the token endpoint ${url} refused sasl.clientId ${endpoint.clientId}: ${status}${why(body)}`)
  const { access_token: value, expires_in: lifetime } = body
  if (typeof value !== 'string') throw new TokenRefused(`the token endpoint ${url} answered without an access_token`)
  const token = checked(value, `token endpoint ${url}`)
  const seconds = Number(lifetime)
  return seconds > 0 ? { ...token, reusableUntil: env.monotonic() + seconds * 1000 * reusedShare } : token
}

async function post({
  url,
  clientId,
  clientSecret,
  scope,
  ca,
}: TokenEndpoint): Promise<{ readonly status: number; readonly text: string }> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) }).toString()
  const headers = {
    // RFC 6749, 2.3.1: both are form-encoded before they are put together.
    authorization: `Basic ${Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(body)),
    accept: 'application/json',
  }
  const options = { method: 'POST', headers, signal: AbortSignal.timeout(endpointTimeoutMs), agent: false } as const
  // Not by fetch: that cannot be told which authorities to trust.
  const sent = url.startsWith('https:') ? httpsRequest(url, { ...options, ...(ca === undefined ? {} : { ca }) }) : httpRequest(url, options)
  sent.on('error', () => undefined)
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>
  sent.end(body)
  const [response] = await answered
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxAnswerBytes) throw new Error(`the answer is larger than ${maxAnswerBytes} bytes`)
    chunks.push(chunk)
  }
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }
}

function formEncoded(text: string): string {
  return new URLSearchParams({ _: text }).toString().slice(2)
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** RFC 6749, 5.2: these two are for the client's developer. */
function why({ error, error_description: description }: Readonly<Record<string, unknown>>): string {
  const told = [error, description].filter(part => typeof part === 'string').join(': ')
  return told === '' ? '' : ` ${told.replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, 300)}`
}

/** What RFC 6750 allows in a token: anything else could say more to the broker than the token does. */
function checked(text: string, from: string): Token {
  const value = text.trim()
  if (!/^[\w.~+/-]+=*$/.test(value))
    throw new TokenRefused(
      `the ${from} gave no bearer token: ${value === '' ? 'it is empty' : 'it contains characters that a bearer token cannot have'}`,
    )
  return { value, reusableUntil: reusableUntil(value) }
}

/** Of a JWT that tells when it ends. */
function reusableUntil(token: string): number {
  const { exp } = jsonObject(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  return typeof exp === 'number' ? env.monotonic() + Math.max(0, exp * 1000 - env.now()) * reusedShare : 0
}
