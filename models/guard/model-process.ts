import { fork, type ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { SluiceError } from '../../base/index.ts'
import type { JailCommand } from './jail.ts'
import { limitedCommand } from './limited-command.ts'
import { lowerPriority } from './lower-priority.ts'
import { ModelKilled, ProcessEnded } from './model-killed.ts'
import type { GuardAnswer, GuardRequest } from './guard-messages.ts'

/** Limits for one request. */
export interface RequestLimits {
  readonly timeoutMs: number
  /** Resident memory of the process, bytes; for a load, in addition to what it had before. */
  readonly memoryBytes: number
}

/** The limit of the process's JavaScript heap, MB. */
const heapMegabytes = 2048
const watchEveryMs = 25
/** What Node.js itself may take in such a process, bytes. */
const ownBytes = 2 ** 30
/** One message says that the process is ready. */
const mostUnasked = 16

interface Pending {
  readonly kind: GuardRequest['kind']
  resolve(answer: GuardAnswer): void
  reject(error: SluiceError): void
}

/**
 * A process for models, so that neither a crash in native code nor an endless loop affects this process. It handles one request at a time, and
 * is killed if that takes too long or too much memory. It does not keep its parent alive, and ends with it.
 */
export class ModelProcess {
  readonly #child: ChildProcess
  #pending: Pending | undefined
  #ended: SluiceError | undefined
  /** The memory that the system lets it take, bytes. */
  readonly memoryBytes: number
  #unasked = 0

  /** `flags`: further flags of Node.js. */
  constructor(memoryBytes: number, flags: readonly string[] = [], jail: JailCommand = []) {
    this.memoryBytes = memoryBytes
    // When TypeScript runs directly (by tsx), the child process needs tsx's loader too.
    const typescript = import.meta.url.endsWith('.ts')
    const entry = new URL(typescript ? './guarded-process.ts' : './guarded-process.js', import.meta.url)
    const loader = typescript ? ['--import', import.meta.resolve('tsx')] : []
    this.#child = fork(entry, {
      serialization: 'advanced',
      stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
      // Nothing else of the parent's: tokens and keys of clouds are there.
      env: { TZ: Intl.DateTimeFormat().resolvedOptions().timeZone },
      ...limitedCommand(
        memoryBytes + ownBytes,
        { execPath: process.execPath, execArgv: [...loader, ...flags, '--expose-gc', `--max-old-space-size=${heapMegabytes}`] },
        jail,
      ),
    })
    this.#child.on('message', answer => this.#settle(answer))
    this.#child.on('error', error => this.#end(`could not be started: ${error.message}`))
    this.#child.on('exit', (code, signal) => this.#end(signal === null ? `ended with code ${code}` : `crashed (${signal})`))
    // A failed write to a process that has died is reported by its exit.
    this.#child.stdin?.on('error', () => undefined)
    this.#hold(false)
  }

  get alive(): boolean {
    return this.#ended === undefined
  }

  /** Sends one request; requests must not overlap. Throws what the process throws; MODEL_FAILED if it dies or is killed. `input`: bytes sent with the request. */
  async request(request: GuardRequest, limits: RequestLimits, input?: Uint8Array): Promise<GuardAnswer> {
    this.#hold(true)
    const stopWatching = this.#watch(limits, request.kind === 'load' ? await residentBytes(this.#child.pid) : 0)
    try {
      const answer = await new Promise<GuardAnswer>((resolve, reject) => {
        if (this.#ended !== undefined) return reject(this.#ended)
        this.#pending = { kind: request.kind, resolve, reject }
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

  /** From now on the process has the processors after others, where these are not enough for all. */
  stepBack(): void {
    if (this.#child.pid !== undefined) lowerPriority(this.#child.pid)
  }

  kill(why = 'was stopped'): void {
    this.#end(why)
    this.#child.kill('SIGKILL')
  }

  /** A model may have taken its process over: what no request asked for is not heard, and too much of it ends the process. */
  #settle(answer: unknown): void {
    const kind = typeof answer === 'object' && answer !== null && 'kind' in answer ? answer.kind : undefined
    if (kind === 'loaded' || kind === 'scores' || kind === 'failed') {
      const pending = this.#pending
      this.#pending = undefined
      if (pending !== undefined) return pending.resolve(answer as GuardAnswer)
    }
    if (++this.#unasked > mostUnasked) this.kill('sent messages that nobody had asked for, and was stopped')
  }

  #end(how: string): void {
    const Cause = this.#pending?.kind === 'score' ? ModelKilled : ProcessEnded
    this.#ended ??= new Cause(`the model's process ${how}`)
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

  /** Sets whether the child keeps this process alive. */
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

/** 0 if the system does not report it. */
async function residentBytes(pid: number | undefined): Promise<number> {
  try {
    const [, pages = '0'] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')
    return Number(pages) * 4096
  } catch {
    return 0
  }
}
