import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type AnswerCode, type ErrorBody, statusOf } from './errors.ts'

/** How long the socket stays open after the answer: destroyed at once, unread input could reset the connection before the client reads it. */
const LINGER_MS = 500

/** Sockets that were answered: a failed parser emits an error again for further bytes. */
const answered = new WeakSet<Socket>()

/** Answers bytes that Node.js could not parse as a request with an error body like that of the routes, and closes the connection. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (answered.has(socket)) return
  answered.add(socket)
  const body = errorBody(error)
  const [json, status] = [JSON.stringify(body), statusOf(body.code)]
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(json)}`,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${json}`)
  socket.resume()
  const end = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(end))
}

function errorBody({ code, message }: NodeJS.ErrnoException): ErrorBody {
  if (code === 'HPE_HEADER_OVERFLOW') return told('HEADERS_TOO_LARGE', 'the request line and the headers are larger than 16384 bytes')
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return told('BODY_REFUSED', 'the chunk extensions of the body are larger than 16384 bytes')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return told('REQUEST_LATE', 'the headers did not arrive within 5 s, or the whole request did not arrive within 60 s')
  if (code === 'HPE_INVALID_EOF_STATE') return told('INPUT_INVALID', 'the connection ended before the request was complete')
  if (code === 'HPE_PAUSED_H2_UPGRADE') return told('INPUT_INVALID', 'HTTP/2 is not supported: use HTTP/1.1')
  return told('INPUT_INVALID', `the bytes received are not an HTTP request: ${message.replace(/^Parse Error: /, '')}`)
}

function told(code: AnswerCode, error: string): ErrorBody {
  return { error, code }
}
