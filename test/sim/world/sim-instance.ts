import { messageOf } from '../../../base/index.ts'
import type { Topology } from '../../../topology/index.ts'
import { SluiceStreams } from '../../../topology/runtime/index.ts'
import type { SimDisk } from '../disk/sim-disk.ts'
import type { Scheduler } from '../scheduler.ts'
import { SimProcess } from '../sim-process.ts'
import { applicationId } from './application.ts'
import type { Setup } from './plan.ts'

export interface SimInstanceParts {
  readonly scheduler: Scheduler
  readonly setup: Setup
  readonly index: number
  readonly disk: SimDisk
  readonly brokers: readonly string[]
  /** The parts of one life of an instance. */
  readonly topology: (disk: SimDisk) => Topology
  readonly note: (text: string) => void
  readonly violation: (text: string) => void
}

/** The most records of a run that takes long: a task begins with so many, and has fewer where they are slow. */
const longestRun = 64

/** Longest time of its own that a process may take to stop, s: `stopTimeoutMs`, as much again for what does not wait for brokers, and a run of slow records. */
function stopsWithinSeconds({ slowMs, inputs, poison, batches }: Setup): number {
  const run = Math.min(inputs, longestRun)
  // Each fourth record is slow, and each batch of several. Where some are refused, the others are processed twice, and batches are halved.
  const slow = batches ? (poison > 0 ? run : 1) : (run / 4) * (poison > 0 ? 2 : 1)
  return 10 + Math.ceil((slow * slowMs) / 1000)
}

/** How long after its end a failed instance is started again, ms. */
const againMs = 1000

/** An instance of the application, over all of its lives. */
export class SimInstance {
  readonly index: number
  readonly disk: SimDisk
  process: SimProcess | undefined
  streams: SluiceStreams | undefined
  /** The number of times that the instance has ended with a failure. */
  failures = 0
  /** Whether the current life of the instance is being stopped. */
  stopping = false
  /** Whether the instance should run: after a failure it is started again. */
  wanted = false
  skewMs = 0
  readonly #parts: SimInstanceParts
  #lives = 0

  constructor(parts: SimInstanceParts) {
    this.#parts = parts
    this.index = parts.index
    this.disk = parts.disk
  }

  get name(): string {
    return `instance-${this.index}`
  }

  get running(): boolean {
    return this.process?.alive === true
  }

  /** Prevents further starts of the instance. */
  retired = false

  /** Starts a new life of the instance, unless it runs already. */
  start(): void {
    if (this.retired) return
    this.wanted = true
    if (this.running) return
    const { scheduler, note } = this.#parts
    const process = new SimProcess(this.name, scheduler.now)
    process.skewMs = this.skewMs
    this.process = process
    this.streams = undefined
    this.stopping = false
    note(`${this.name} starts, life ${++this.#lives}`)
    scheduler.after(0, process, 'begin', () => this.#begin(process))
  }

  /** The process ends, as by SIGKILL. */
  kill(): void {
    this.wanted = false
    if (!this.running) return
    this.#parts.note(`${this.name} is killed`)
    this.process?.die()
  }

  /** Stops the instance as on SIGTERM, then ends its process. */
  stop(): void {
    this.wanted = false
    const { process, streams } = this
    if (process === undefined || !process.alive) return
    this.#parts.note(`${this.name} stops`)
    this.stopping = true
    this.#parts.scheduler.after(0, process, 'stop', () => {
      const end = (error?: unknown): void => {
        this.#parts.note(`${this.name} has stopped${error === undefined ? '' : `: ${messageOf(error)}`}`)
        process.die()
      }
      streams?.stop().then(() => end(), end)
    })
    this.#watchStop(process, 0)
  }

  /** Second by second, because time in which the process is frozen is not its own. */
  #watchStop(process: SimProcess, seconds: number): void {
    this.#parts.scheduler.after(1000, process, 'watch', () => {
      if (seconds < stopsWithinSeconds(this.#parts.setup)) this.#watchStop(process, seconds + 1)
      else this.#parts.violation(`${this.name} did not stop within ${seconds} s`)
    })
  }

  #begin(process: SimProcess): void {
    const { setup, disk, brokers, topology, note, violation } = this.#parts
    const options = {
      applicationId,
      brokers,
      guarantee: setup.guarantee,
      commitIntervalMs: setup.commitIntervalMs,
      transactionTimeoutMs: setup.transactionTimeoutMs,
      sessionTimeoutMs: setup.sessionTimeoutMs,
      standbyReplicas: setup.standbyReplicas,
      ...(setup.topics.partitionAtMs === undefined ? {} : { metadataMaxAgeMs: 1000 }),
      ...(setup.persistent ? { stateDir: this.name } : {}),
      listener: {
        onError: (error: unknown, fatal: boolean) => {
          const text = `${this.name} ${fatal ? 'gives up' : 'fails'}: ${messageOf(error)}`
          note(text)
          if (setup.calm?.failsNever === true) violation(text)
        },
        onStateChange: (state: string) => {
          note(`${this.name} is ${state}`)
          if (state === 'failed') this.#failed(process)
        },
        log: (level: string, message: string, fields: object) => note(`${this.name} ${level}: ${message} ${JSON.stringify(fields)}`),
      },
    }
    const streams = new SluiceStreams(topology(disk), options)
    this.streams = streams
    streams.start().catch(error => {
      note(`${this.name} did not start: ${messageOf(error)}`)
      this.#failed(process)
    })
  }

  /** Ends the process when its instance has failed, as a program would. */
  #failed(process: SimProcess): void {
    if (!process.alive || this.process !== process) return
    this.failures++
    this.#parts.scheduler.after(0, undefined, 'ended', () => {
      process.die()
      this.#parts.scheduler.after(againMs, undefined, 'again', () => {
        if (this.wanted) this.start()
      })
    })
  }
}
