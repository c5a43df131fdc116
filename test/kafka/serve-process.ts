import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ReadyEvent } from '../../cli/serve/serve-application.ts'
import type { InstanceMetadata } from '../../topology/index.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))
const alive = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A `sluice serve` in a separate process, which ends with this one at the latest. */
export class ServeProcess {
  readonly ended: Promise<Ended>
  readonly #child: ChildProcess
  readonly #ready: Promise<ReadyEvent>
  #stdout = ''
  #stderr = ''

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', 'serve', ...args], {
      cwd: project,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    alive.add(child)
    child.stderr.setEncoding('utf8').on('data', text => (this.#stderr += String(text)))
    this.#ready = new Promise((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', text => {
        this.#stdout += String(text)
        if (this.#stdout.includes('\n')) resolve(JSON.parse(this.#stdout.slice(0, this.#stdout.indexOf('\n'))) as ReadyEvent)
      })
      child.once('close', code => reject(new Error(`ended with ${code} before it was ready: ${this.#stderr}`)))
    })
    this.#ready.catch(() => undefined)
    this.ended = once(child, 'close').then(([code, signal]) => {
      alive.delete(child)
      return { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout: this.#stdout, stderr: this.#stderr }
    })
  }

  /** Resolves to its ready line. Rejects if it ends without one. */
  get ready(): Promise<ReadyEvent> {
    return this.#ready
  }

  /** Its standard error so far. */
  get stderr(): string {
    return this.#stderr
  }

  kill(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<Ended> {
    this.signal(signal)
    return this.ended
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** The instances of the group, as this one lists them. */
  async instances(): Promise<readonly InstanceMetadata[]> {
    const { status, body } = await this.get('/state/instances')
    if (status !== 200) throw new Error(`/state/instances: ${status} ${JSON.stringify(body)}`)
    return body as readonly InstanceMetadata[]
  }

  /** Returns the answer, also an error. */
  async get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
    const response = await this.#fetch(path)
    return { status: response.status, body: await response.json() }
  }

  async text(path: string): Promise<string> {
    return (await this.#fetch(path)).text()
  }

  async #fetch(path: string): Promise<Response> {
    const { port } = await this.#ready
    return fetch(`http://127.0.0.1:${port}${path}`)
  }
}
