import { messageOf, SluiceError } from '../proto/sluice-error.ts'
import type { RestFlags } from './command-options.ts'
import { processSources, type RestConfig, resolveRestConfig } from './config.ts'

/** Asks an instance. Throws a SluiceError whose message says what it answered, or that none answered. */
export async function askInstance(path: string, flags: RestFlags): Promise<unknown> {
  const { url, token } = resolveRestConfig(processSources(flags))
  const answer = await request({ url, token }, path, flags.timeout)
  const body = await bodyOf(answer, url)
  if (answer.ok) return body
  throw new SluiceError(answer.status === 404 ? 'KEY_UNKNOWN' : 'INPUT_INVALID', refusalOf(answer.status, body, url))
}

async function request({ url, token }: RestConfig, path: string, timeout: number): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`
  try {
    return await fetch(`${url}${path}`, { headers, redirect: 'error', signal: AbortSignal.timeout(timeout * 1000) })
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    // A refused connection to a name with several addresses has no message of its own.
    const reason = messageOf(cause) || String((cause as { code?: unknown }).code)
    throw new SluiceError('OWNER_UNREACHABLE', `no instance answers at ${url} (${reason}); start one with sluice serve, or give --url`, {
      cause: error,
    })
  }
}

async function bodyOf(answer: Response, url: string): Promise<unknown> {
  const text = await answer.text()
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', `${url} answered ${answer.status} without JSON: is it an instance of Sluice?`, { cause: error })
  }
}

function refusalOf(status: number, body: unknown, url: string): string {
  const { error, code } = (body ?? {}) as { readonly error?: unknown; readonly code?: unknown }
  const hint = status === 401 ? '; give the token by SLUICE_TOKEN or --token-file' : ''
  return `${url} answered ${status}${typeof code === 'string' ? ` ${code}` : ''}: ${typeof error === 'string' ? error : 'no reason given'}${hint}`
}
