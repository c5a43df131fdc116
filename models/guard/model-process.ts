import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { type Duplex, PassThrough } from 'node:stream'
import { SluiceError } from '../../base/index.ts'
import { filterFile, type Jail, noJail } from './jail.ts'
import { limitedCommand } from './limited-command.ts'
import { lowerPriority } from './lower-priority.ts'
import { ModelKilled, ProcessEnded } from './model-killed.ts'
import { Frames } from './frames.ts'
import { framesFile, type GuardAnswer, type GuardRequest, type ReadyMessage } from './guard-messages.ts'
import type { PlainBatch } from './plain-batch.ts'
import { instanceForm } from './score-forms.ts'

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
/** The scores of one batch, bytes. */
const mostAnswer = 2 ** 28
/** One message says that the process is ready. */
const mostUnasked = 16

/** What the request under way may take. */
interface Watched extends RequestLimits {
  /** Without what the process had before. */
  readonly grantedBytes: number
  /** Since when, on the clock that is never set. */
  readonly since: number
}

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
  /** The number of the process: in a jail that stays its parent, that of the jail until the process is ready. */
  #pid: number | undefined
  /** Batches and their scores; the channel has the rest. */
  readonly #frames: Frames<PlainBatch, unknown>
  #pending: Pending | undefined
  /** The number of the last batch that was sent: its answer has it, too. */
  #call = 0
  #watched: Watched | undefined
  #looking: NodeJS.Timeout | undefined
  #ended: SluiceError | undefined
  /** The memory that the system lets it take, bytes. */
  readonly memoryBytes: number
  #unasked = 0

  /** `flags`: further flags of Node.js. */
  constructor(memoryBytes: number, flags: readonly string[] = [], jail: Jail = noJail) {
    this.memoryBytes = memoryBytes
    // When TypeScript runs directly (by tsx), the child process needs tsx's loader too.
    const typescript = import.meta.url.endsWith('.ts')
    const entry = new URL(typescript ? './guarded-process.ts' : './guarded-process.js', import.meta.url)
    const loader = typescript ? ['--import', import.meta.resolve('tsx')] : []
    this.#child = fork(entry, {
      serialization: 'advanced',
      stdio: ['pipe', 'ignore', 'ignore', 'ipc', 'pipe', ...(jail.filter === undefined ? [] : (['pipe'] as const))],
      // Nothing else of the parent's: tokens and keys of clouds are there.
      env: { TZ: Intl.DateTimeFormat().resolvedOptions().timeZone },
      ...limitedCommand(
        memoryBytes + ownBytes,
        { execPath: process.execPath, execArgv: [...loader, ...flags, '--expose-gc', `--max-old-space-size=${heapMegabytes}`] },
        jail,
      ),
    })
    this.#pid = this.#child.pid
    this.#frames = new Frames({
      // Without one the process could not be started.
      stream: this.#files.at(-1) ?? new PassThrough(),
      form: instanceForm(),
      mostBytes: mostAnswer,
      onMessage: (answer, call) => this.#settle(call === this.#call ? answer : undefined),
      onBroken: why => this.kill(`sent ${why}, and was stopped`),
    })
    if (jail.filter !== undefined) this.#give(jail.filter)
    this.#child.once('message', answer => this.#begun(answer))
    this.#child.on('message', answer => this.#settle(answer))
    this.#child.on('error', error => this.#end(`could not be started: ${error.message}`))
    this.#child.on('exit', (code, signal) => this.#end(howItEnded(jail.filter === undefined ? { code, signal } : endInJail(code, signal))))
    // A failed write to a process that has died is reported by its exit.
    for (const file of this.#files) file.on('error', () => undefined)
    this.#hold(false)
  }

  get #files(): readonly File[] {
    return [this.#child.stdio?.[0], this.#child.stdio?.[framesFile]].flatMap(file => (file ? [file as unknown as File] : []))
  }

  get alive(): boolean {
    return this.#ended === undefined
  }

  /** Sends one request; requests must not overlap. Throws what the process throws; MODEL_FAILED if it dies or is killed. `input`: bytes sent with the request. */
  async request(request: GuardRequest, limits: RequestLimits, input?: Uint8Array): Promise<GuardAnswer> {
    this.#watch(limits, request.kind === 'load' ? residentBytes(this.#pid) : 0)
    try {
      const answer = await new Promise<GuardAnswer>((resolve, reject) => {
        if (this.#ended !== undefined) return reject(this.#ended)
        this.#pending = { kind: request.kind, resolve, reject }
        if (request.kind === 'score') this.#frames.send(request.batch, (this.#call = (this.#call + 1) >>> 0))
        else this.#child.send(request, error => error !== null && this.#end(`cannot be reached: ${error.message}`))
        if (input !== undefined) this.#child.stdin?.write(input)
      })
      if (answer.kind === 'failed') throw new SluiceError(answer.code, answer.message)
      return answer
    } finally {
      this.#pending = undefined
      this.#watched = undefined
    }
  }

  /** From now on the process has the processors after others, where these are not enough for all. */
  stepBack(): void {
    if (this.#pid !== undefined) lowerPriority(this.#pid)
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

  /** The first message of the channel was sent before anything of a model ran there: it is believed. */
  #begun(ready: unknown): void {
    this.#pid = (ready as ReadyMessage).pid
  }

  /** The jail reads the filter to its end before the process begins. */
  #give(filter: Buffer): void {
    const file = (this.#child.stdio as readonly unknown[] | undefined)?.[filterFile] as File | undefined
    file?.on('error', () => undefined)
    file?.end(filter)
    file?.unref()
  }

  #end(how: string): void {
    const Cause = this.#pending?.kind === 'score' ? ModelKilled : ProcessEnded
    this.#ended ??= new Cause(`the model's process ${how}`)
    this.#pending?.reject(this.#ended)
  }

  /** One timer looks at all requests that follow each other closely. Between its looks, and for one after the last request, the child keeps this process alive. */
  #watch({ timeoutMs, memoryBytes }: RequestLimits, before: number): void {
    this.#watched = { timeoutMs, memoryBytes: before + memoryBytes, grantedBytes: memoryBytes, since: performance.now() }
    if (this.#looking !== undefined) return
    this.#hold(true)
    this.#looking = setInterval(() => this.#look(), watchEveryMs)
  }

  #look(): void {
    const watched = this.#watched
    if (watched === undefined) {
      clearInterval(this.#looking)
      this.#looking = undefined
      return this.#hold(false)
    }
    const { timeoutMs, memoryBytes, grantedBytes, since } = watched
    if (performance.now() - since >= timeoutMs) return this.kill(`took more than ${timeoutMs} ms and was stopped`)
    if (residentBytes(this.#pid) > memoryBytes)
      this.kill(`took more than ${Math.round(grantedBytes / 1048576)} MB of memory and was stopped`)
  }

  /** Sets whether the child keeps this process alive. */
  #hold(waits: boolean): void {
    const { channel } = this.#child
    if (waits) {
      this.#child.ref()
      channel?.ref()
      for (const file of this.#files) file.ref()
    } else {
      this.#child.unref()
      channel?.unref()
      for (const file of this.#files) file.unref()
    }
  }
}

interface End {
  readonly code: number | null
  readonly signal: string | null
}

/** A jail that stays the parent ends as shells do when a signal has ended its process. */
function endInJail(code: number | null, signal: string | null): End {
  const found = Object.entries(constants.signals).find(([, number]) => code === 128 + number)?.[0]
  return found === undefined ? { code, signal } : { code: null, signal: found }
}

function howItEnded({ code, signal }: End): string {
  return signal === null ? `ended with code ${code}` : `crashed (${signal})`
}

/** A pipe of the process. */
type File = Duplex & { ref(): void; unref(): void }

/** 0 if the system does not report it. That is no file on a disk: it is read at once. */
function residentBytes(pid: number | undefined): number {
  try {
    const [, pages = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
    return Number(pages) * 4096
  } catch {
    return 0
  }
}
