import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { messageOf, SluiceError } from '../../base/index.ts'
import type { RestFlags } from './command-options.ts'
import { processSources, type RestConfig, resolveRestConfig } from '../config/index.ts'

/** The body of a POST request. */
export interface AskBody {
  readonly type: string
  readonly bytes: string | Uint8Array
}

interface Answer {
  readonly status: number
  readonly text: string
}

const maxAnswerBytes = 512 * 2 ** 20

/** Sends a request to an instance and returns its JSON. Throws SluiceError KEY_UNKNOWN (404), INPUT_INVALID (other refusals, no JSON), OWNER_UNREACHABLE (no answer). */
export async function askInstance(path: string, flags: RestFlags, body?: AskBody): Promise<unknown> {
  const config = resolveRestConfig(processSources(flags))
  const answer = await request(config, path, { timeoutMs: flags.timeout * 1000, body })
  const told = bodyOf(answer, config.url)
  if (answer.status >= 200 && answer.status < 300) return told
  throw new SluiceError(answer.status === 404 ? 'KEY_UNKNOWN' : 'INPUT_INVALID', refusalOf(answer.status, told, config.url))
}

interface Asked {
  readonly timeoutMs: number
  readonly body: AskBody | undefined
}

async function request(config: RestConfig, path: string, asked: Asked): Promise<Answer> {
  try {
    return await send(config, path, asked)
  } catch (error) {
    // A refused connection to a name with several addresses has no message of its own.
    const reason = messageOf(error) || String((error as { code?: unknown }).code)
    throw new SluiceError(
      'OWNER_UNREACHABLE',
      `no instance answers at ${config.url} (${reason}); start one with sluice serve, or give --url`,
      {
        cause: error,
      },
    )
  }
}

/** Uses node:https because fetch has no option for certificate authorities. */
async function send({ url, token, ca }: RestConfig, path: string, { timeoutMs, body }: Asked): Promise<Answer> {
  const headers: Record<string, string> = { accept: 'application/json', connection: 'close' }
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`
  if (body !== undefined) headers['content-type'] = body.type
  const options = { method: body === undefined ? 'GET' : 'POST', headers, signal: AbortSignal.timeout(timeoutMs), agent: false } as const
  const target = new URL(url)
  // The path is set unparsed: URL would resolve ".." in it, encoded or not.
  const asked = { ...options, path: `${target.pathname.replace(/\/+$/, '')}${path}` }
  const sent =
    target.protocol === 'https:' ? httpsRequest(target, { ...asked, ...(ca === undefined ? {} : { ca }) }) : httpRequest(target, asked)
  // The reader of the response gets an abort, too. Without this listener the error event would end the process.
  sent.on('error', () => undefined)
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>
  sent.end(body?.bytes)
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

function bodyOf({ status, text }: Answer, url: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', `${url} answered ${status}, but not with JSON: is it a Sluice instance?`, { cause: error })
  }
}

function refusalOf(status: number, body: unknown, url: string): string {
  const { error, code } = (body ?? {}) as { readonly error?: unknown; readonly code?: unknown }
  const hint = status === 401 ? '; set the token with SLUICE_TOKEN or --token-file' : ''
  return `${url} answered ${status}${typeof code === 'string' ? ` ${code}` : ''}: ${typeof error === 'string' ? error : 'no reason given'}${hint}`
}
