import { fork, type ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { SluiceError } from '../../base/sluice-error.ts'
import type { GuardAnswer, GuardRequest } from './guard-messages.ts'

/** What a request may cost. */
export interface RequestLimits {
  readonly timeoutMs: number
  /** Resident memory of the process; for a load, beside what it had before. */
  readonly memoryBytes: number
}

/** Of the process's JavaScript heap. */
const heapMegabytes = 2048
const watchEveryMs = 25

interface Pending {
  resolve(answer: GuardAnswer): void
  reject(error: SluiceError): void
}

/**
 * A process of its own for models: nothing that a model does, be it a crash in native code or an endless loop, reaches this one. It does one
 * thing at a time, and is killed when that takes too long or too much memory. It keeps nobody from ending, and ends with the process that
 * started it.
 */
export class ModelProcess {
  readonly #child: ChildProcess
  #pending: Pending | undefined
  #ended: SluiceError | undefined

  constructor() {
    // TypeScript as it is (by tsx) needs the loader there too.
    const typescript = import.meta.url.endsWith('.ts')
    const entry = new URL(typescript ? './guarded-process.ts' : './guarded-process.js', import.meta.url)
    const loader = typescript ? ['--import', import.meta.resolve('tsx')] : []
    this.#child = fork(entry, {
      serialization: 'advanced',
      stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
      execArgv: [...loader, '--expose-gc', `--max-old-space-size=${heapMegabytes}`],
    })
    this.#child.on('message', answer => this.#settle(answer as GuardAnswer | { kind: 'ready' }))
    this.#child.on('error', error => this.#end(`could not be started: ${error.message}`))
    this.#child.on('exit', (code, signal) => this.#end(signal === null ? `ended with code ${code}` : `crashed (${signal})`))
    // Writing to a process that has died is told by its exit.
    this.#child.stdin?.on('error', () => undefined)
    this.#hold(false)
  }

  get alive(): boolean {
    return this.#ended === undefined
  }

  /** One at a time. Throws what the process throws; MODEL_FAILED when it dies, or has to be killed. `input`: bytes that go with the request. */
  async request(request: GuardRequest, limits: RequestLimits, input?: Uint8Array): Promise<GuardAnswer> {
    this.#hold(true)
    const stopWatching = this.#watch(limits, request.kind === 'load' ? await residentBytes(this.#child.pid) : 0)
    try {
      const answer = await new Promise<GuardAnswer>((resolve, reject) => {
        if (this.#ended !== undefined) return reject(this.#ended)
        this.#pending = { resolve, reject }
        this.#child.send(request, error => error !== null && this.#end(`cannot be reached: ${error.message}`))
        if (input !== undefined) (this.#child.stdin as Writable).write(input)
      })
      if (answer.kind === 'failed') throw new SluiceError(answer.code, answer.message)
      return answer
    } finally {
      this.#pending = undefined
      stopWatching()
      this.#hold(false)
    }
  }

  kill(why = 'was stopped'): void {
    this.#end(why)
    this.#child.kill('SIGKILL')
  }

  #settle(answer: GuardAnswer | { kind: 'ready' }): void {
    if (answer.kind !== 'ready') this.#pending?.resolve(answer)
  }

  #end(how: string): void {
    this.#ended ??= new SluiceError('MODEL_FAILED', `the model's process ${how}`)
    this.#pending?.reject(this.#ended)
  }

  #watch({ timeoutMs, memoryBytes }: RequestLimits, before: number): () => void {
    const deadline = setTimeout(() => this.kill(`took more than ${timeoutMs} ms and was stopped`), timeoutMs)
    const memory = setInterval(() => {
      void residentBytes(this.#child.pid).then(bytes => {
        if (bytes - before > memoryBytes) this.kill(`took more than ${Math.round(memoryBytes / 1048576)} MB of memory and was stopped`)
      })
    }, watchEveryMs)
    return () => {
      clearTimeout(deadline)
      clearInterval(memory)
    }
  }

  /** Whether this process waits for the other before it ends. */
  #hold(waits: boolean): void {
    const { channel, stdin } = this.#child
    const socket = stdin as (Writable & Pick<Socketlike, 'ref' | 'unref'>) | null
    if (waits) {
      this.#child.ref()
      channel?.ref()
      socket?.ref()
    } else {
      this.#child.unref()
      channel?.unref()
      socket?.unref()
    }
  }
}

type Socketlike = Readable & { ref(): void; unref(): void }

/** 0 where the system does not tell. */
async function residentBytes(pid: number | undefined): Promise<number> {
  try {
    const [, pages = '0'] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')
    return Number(pages) * 4096
  } catch {
    return 0
  }
}
