import { connect, type Socket } from 'node:net'

/** An answer as it came over a socket. */
export interface RawAnswer {
  /** 0: none came. */
  readonly status: number
  /** Names in lower case; the last of each. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends the lines as they are, an empty one behind them, and reads until the server closes. */
export async function sendLines(
  { port, host }: { readonly port: number; readonly host: string },
  lines: readonly string[],
): Promise<RawAnswer> {
  const socket = connect(port, host)
  socket.write([...lines, '', ''].join('\r\n'))
  let text = ''
  for await (const chunk of socket.setEncoding('latin1')) text += String(chunk)
  return answerOf(text)
}

export function answerOf(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n')
  const [head = '', ...fields] = text.slice(0, end < 0 ? text.length : end).split('\r\n')
  const headers = Object.fromEntries(
    fields.map(field => [field.split(':', 1)[0]?.toLowerCase(), field.slice(field.indexOf(':') + 1).trim()]),
  )
  return {
    status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0),
    headers: headers as Record<string, string>,
    body: end < 0 ? '' : text.slice(end + 4),
  }
}

/** A connection that is kept: asks again and again, and tells how it ended. */
export class KeptConnection {
  readonly socket: Socket
  /** 'end': in order; the code of an error otherwise. */
  readonly ended: Promise<string>
  #text = ''
  #more: () => void = () => undefined
  #isOver = false

  constructor({ port, host }: { readonly port: number; readonly host: string }) {
    this.socket = connect(port, host).setEncoding('latin1')
    this.socket.on('data', text => {
      this.#text += String(text)
      this.#more()
    })
    this.ended = new Promise<string>(resolve => {
      this.socket.once('end', () => resolve('end'))
      this.socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    }).then(how => {
      this.#isOver = true
      this.#more()
      return how
    })
  }

  send(path: string, headers: readonly string[] = []): void {
    this.socket.write([`GET ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n'))
  }

  /** The next answer, which declares its length; undefined if the connection ended instead. */
  async answer(): Promise<RawAnswer | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\r\n\r\n')
      if (end >= 0) {
        const { headers } = answerOf(this.#text.slice(0, end + 4))
        const length = end + 4 + Number(headers['content-length'] ?? 0)
        if (this.#text.length >= length) {
          const whole = answerOf(this.#text.slice(0, length))
          this.#text = this.#text.slice(length)
          return whole
        }
      }
      if (this.#isOver) return undefined
      await new Promise<void>(resolve => (this.#more = resolve))
    }
  }

  async ask(path: string, headers: readonly string[] = []): Promise<RawAnswer | undefined> {
    this.send(path, headers)
    return this.answer()
  }
}
