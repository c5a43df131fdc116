import { exec } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { promisify } from 'node:util'
import { env, messageOf } from '../../../../base/index.ts'

/** The source of bearer tokens. Plain data, which can be sent to another thread. */
export type TokenSource =
  /** A file, which is read for each new connection; another program renews the token in it. */
  | { readonly file: string }
  /** A command of the shell, which writes the token to its standard output within 30 s. */
  | { readonly command: string }
  | TokenEndpoint

/** The token endpoint of an OpenID Connect provider, used with the client-credentials grant. */
export interface TokenEndpoint {
  /** The URL of the endpoint. */
  readonly url: string
  /** The client's id at the endpoint. */
  readonly clientId: string
  /** The client's secret. No message or log contains it. */
  readonly clientSecret: string
  /** The scope of the token; default: the endpoint's. */
  readonly scope?: string | undefined
  /** Certificate authorities that are trusted for the endpoint's certificate, as PEM; undefined: those that Node.js trusts. */
  readonly ca?: string | undefined
}

/** There is no token now; a retry may succeed. kafkajs treats it by its name as a failed connection. */
export class TokenUnavailable extends Error {
  readonly retriable = true
  override readonly name = 'KafkaJSConnectionError'
}

/** The token or the client is refused; retries do not help. kafkajs treats it by its name as refused credentials. */
export class TokenRefused extends Error {
  readonly retriable = false
  override readonly name = 'KafkaJSSASLAuthenticationError'
}

interface Token {
  readonly value: string
  /** Until when the token is reused, by `env.monotonic()`; 0: it is used once. */
  readonly reusableUntil: number
}

const commandTimeoutMs = 30_000
const endpointTimeoutMs = 10_000
const maxAnswerBytes = 1024 * 1024
/** The share of a token's remaining life for which it is reused, so that no connection gets a token that is about to expire. */
const reusedShare = 0.8
const shell = promisify(exec)

/**
 * The tokens of one source. A token whose lifetime is known (from a JWT or the endpoint's answer) is reused for most of it. Simultaneous calls share
 * one request. Errors never contain a token, a secret, or the output of a command.
 */
export class TokenCache {
  readonly #source: TokenSource
  #token: Token | undefined
  #asking: Promise<Token> | undefined

  constructor(source: TokenSource) {
    this.#source = source
  }

  /** Returns a token. Throws TokenUnavailable, TokenRefused. */
  async get(): Promise<string> {
    if (this.#token !== undefined && env.monotonic() < this.#token.reusableUntil) return this.#token.value
    this.#asking ??= tokenFrom(this.#source).finally(() => (this.#asking = undefined))
    this.#token = await this.#asking
    return this.#token.value
  }

  /** Drops the token, after a broker has refused it. */
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
    // RFC 6749, 2.3.1: id and secret are form-encoded before they are joined.
    authorization: `Basic ${Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(body)),
    accept: 'application/json',
  }
  const options = { method: 'POST', headers, signal: AbortSignal.timeout(endpointTimeoutMs), agent: false } as const
  // fetch has no option for the trusted authorities.
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

/** The reason in the endpoint's answer, from its two fields for developers (RFC 6749, 5.2). */
function why({ error, error_description: description }: Readonly<Record<string, unknown>>): string {
  const told = [error, description].filter(part => typeof part === 'string').join(': ')
  return told === '' ? '' : ` ${told.replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, 300)}`
}

/** Checks that the token has only the characters that RFC 6750 allows: others could add fields to the message to the broker. */
function checked(text: string, from: string): Token {
  const value = text.trim()
  if (!/^[\w.~+/-]+=*$/.test(value))
    throw new TokenRefused(
      `the ${from} gave no bearer token: ${value === '' ? 'it is empty' : 'it contains characters that a bearer token cannot have'}`,
    )
  return { value, reusableUntil: reusableUntil(value) }
}

/** Until when a JWT with `exp` is reused; 0 for other tokens. */
function reusableUntil(token: string): number {
  const { exp } = jsonObject(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  return typeof exp === 'number' ? env.monotonic() + Math.max(0, exp * 1000 - env.now()) * reusedShare : 0
}
