import { checkedOptions } from '../../base/options/index.ts'
import { guardTable } from '../model-option-tables.ts'
import { readFile } from 'node:fs/promises'
import type { ColumnSpec } from '../../records/index.ts'
import { messageOf, SluiceError } from '../../base/index.ts'
import { isPacked } from '../archive-names.ts'
import { checkInputs } from '../features.ts'
import { checkFormat } from '../format-loader.ts'
import type { ModelFactory } from '../model-factory.ts'
import type { Model, ModelFormat } from '../model.ts'
import type { ModelContent } from '../sources/index.ts'
import { checkAbsent } from './absent-inputs.ts'
import { checkGolden, type GoldenRows } from './golden-rows.ts'
import type { LightLimits, LoadAnswer, LoadOrder } from './guard-messages.ts'
import { type Jail, jailOf, type ModelJail } from './jail.ts'
import { ModelProcess, type RequestLimits } from './model-process.ts'
import { BatchReader } from './plain-batch.ts'
import { processFlags } from './process-flags.ts'
import { ProcessModel } from './process-model.ts'
import { Quarantine } from './quarantine.ts'
import { measuredRows } from './trial.ts'

/** A model to load, and the data that it must fit. */
export interface GuardedLoad {
  /** The model as it arrived. */
  readonly content: ModelContent
  /** The descriptor's format. */
  readonly format: ModelFormat | undefined
  /** The output that holds the score; undefined: the model's first. */
  readonly output: string | undefined
  /** The fields of the data records. */
  readonly specs: readonly ColumnSpec[]
  /** Records that it has to score as said; undefined: none. */
  readonly golden?: GoldenRows | undefined
}

/** Up to this size, bytes, the format is detected in this process, so that the other process imports only that format. */
const quicklyTold = 256 * 1024

/** Nothing is unpacked here. */
function isQuicklyTold(bytes: Uint8Array): boolean {
  return bytes.length <= quicklyTold && !isPacked(bytes)
}

/** A model that was tried and may serve. */
export interface GuardedModel {
  /** Loaded and ready. */
  readonly model: Model
  /** Whether it is scored in a process of its own. */
  readonly heavy: boolean
}

/** Where new models are tried, and what that may cost. */
export interface GuardOptions {
  /** The formats that models may have. */
  readonly factory: ModelFactory
  /** How long a load may take, ms. Default 30 s. */
  readonly timeoutMs?: number
  /** Limit of the resident memory of a model's process, bytes, in addition to eight times the model's size. Default 1 GB. */
  readonly memoryBytes?: number
  /** What a model may cost that is constructed in this process; default 8 MiB, 20 ms to construct, 2 ms to run. */
  readonly light?: LightLimits
  /** How long one record may take in a model's process, ms: then it is stopped. Default 1 s. */
  readonly scoreDeadlineMs?: number
  /** After how many records that kill or hang its process a model is not run any more; default 3. */
  readonly quarantineAfter?: number
  /** Where models that are not run any more are remembered; undefined: nowhere. */
  readonly quarantineDirectory?: string | undefined
  /** Whether models' processes are cut off from the network. Default `auto`: where the system lets it. `off`: they may also write files and start processes. */
  readonly jail?: ModelJail | undefined
  /** How long an idle process is kept for the next model, ms. Default 10 s. */
  readonly idleMs?: number
}

/**
 * Loads models without risk to this process: a new model is loaded and tried in a process of its own, within limits of time and memory.
 * A light model is then constructed here; a heavy one stays in its process. No process is started before the first model arrives. Its constructor throws CONFIG_INVALID
 * for a wrong option, and if a jail is required that the system does not let.
 */
export class ModelGuard {
  readonly #factory: ModelFactory
  readonly #timeoutMs: number
  readonly #memoryBytes: number
  readonly #light: LightLimits
  readonly #idleMs: number
  readonly #scoreDeadlineMs: number
  readonly #restarts: number
  readonly #jail: Jail
  readonly #flags: readonly string[]
  /** The models that are not run any more. */
  readonly quarantine: Quarantine
  readonly #idle = new Map<ModelProcess, NodeJS.Timeout>()
  readonly #loading = new Set<ModelProcess>()

  constructor(given: GuardOptions) {
    const options = checkedOptions({ of: 'ModelGuard' }, guardTable, given) as unknown as GuardOptions
    const {
      factory,
      timeoutMs = 30_000,
      memoryBytes = 2 ** 30,
      light,
      idleMs = 10_000,
      scoreDeadlineMs = 1000,
      quarantineAfter = 3,
      jail = 'auto',
    } = options
    this.#jail = jailOf(jail)
    this.#flags = jail === 'off' ? [] : processFlags()
    this.quarantine = new Quarantine({ directory: options.quarantineDirectory, after: quarantineAfter })
    this.#scoreDeadlineMs = scoreDeadlineMs
    // Each such record kills it twice: among others, and alone.
    this.#restarts = Math.max(3, 2 * quarantineAfter)
    this.#factory = factory
    this.#timeoutMs = timeoutMs
    this.#memoryBytes = memoryBytes
    this.#light = light ?? { bytes: 8 * 2 ** 20, constructMs: 20, runMs: 2 }
    this.#idleMs = idleMs
  }

  /** Whether models' processes are cut off from the network. */
  get jailed(): boolean {
    return this.#jail.command.length > 0
  }

  /** Loads and tries a new model. Throws SluiceError MODEL_UNKNOWN_FORMAT, MODEL_LOAD_FAILED, MODEL_INPUT_MISMATCH or MODEL_TOO_LARGE. */
  async try(load: GuardedLoad): Promise<GuardedModel> {
    const here = this.#unguarded(load)
    if (here !== undefined) return { model: await loadHere(this.#factory, { ...load, format: here }), heavy: false }
    const { process, answer } = await this.#loadApart(load, false)
    if (answer.kept) return { model: this.#processModel(load, process, answer), heavy: true }
    this.#keepIdle(process)
    const construct = this.#factory.loader(answer.format)?.construct
    if (construct === undefined || answer.compiled === undefined) return { model: await loadHere(this.#factory, load), heavy: false }
    return { model: await construct(answer.compiled, answer.oneByOne), heavy: false }
  }

  /** Loads a model that was tried before, here or by another instance: a light one in this process, a heavy one in a process of its own. */
  async open(load: GuardedLoad, heavy: boolean): Promise<Model> {
    const here = heavy ? undefined : await this.#openHere(load)
    if (here !== undefined) return here
    if (!heavy && load.content.bytes !== undefined) return (await this.try(load)).model
    const { process, answer } = await this.#loadApart(load, true)
    return this.#processModel(load, process, answer)
  }

  /**
   * Loads a model that was tried before in a process of its own, whatever it costs, and which has the processors after this one: what it computes does not keep those waiting who
   * decide without it. One whose format has no module, or that runs nothing here, is loaded in this process.
   */
  async openApart(load: GuardedLoad): Promise<Model> {
    if (this.#unguarded(load) !== undefined) return loadHere(this.#factory, load)
    const { process, answer } = await this.#loadApart(load, true)
    process.stepBack()
    return this.#processModel(load, process, answer, true)
  }

  /** Ends the processes that are idle or loading a model. */
  close(): void {
    for (const process of this.#loading) process.kill()
    for (const [process, timer] of this.#idle) {
      clearTimeout(timer)
      process.kill()
    }
    this.#idle.clear()
  }

  /** A small model whose format tells what it costs is compiled and constructed here; undefined: this one is not, or may cost more than it should. */
  async #openHere(load: GuardedLoad): Promise<Model | undefined> {
    const { bytes } = load.content
    if (bytes === undefined) return undefined
    if (this.#unguarded(load) !== undefined) return loadHere(this.#factory, load)
    if (!isQuicklyTold(bytes)) return undefined
    const { compile, construct, unbounded } =
      this.#factory.loader(checkFormat(this.#factory.detect(bytes), load.format, this.#factory.formats)) ?? {}
    if (compile === undefined || construct === undefined || unbounded === undefined) return undefined
    const compiled = await compile({ bytes, format: load.format, output: load.output })
    return (await unbounded(compiled)) === undefined ? checked(await construct(compiled), load) : undefined
  }

  /** The format, if it cannot be loaded in another process: a user's format without a module, or one that runs nothing here. */
  #unguarded({ content: { bytes } }: GuardedLoad): ModelFormat | undefined {
    if (bytes === undefined) return undefined
    return this.#factory.formats.find(format => {
      const loader = this.#factory.loader(format)
      return loader?.module === undefined && loader?.detect(bytes)
    })
  }

  async #loadApart(
    load: GuardedLoad,
    keep: boolean,
    { tried = false, signal }: { readonly tried?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<{ readonly process: ModelProcess; readonly answer: LoadAnswer }> {
    const flags = this.#alone(load)
    const { bytes, size } = load.content
    const { memoryBytes } = this.#limits(size)
    const idle = flags === undefined ? this.#takeIdle(memoryBytes) : undefined
    const process = idle ?? new ModelProcess(memoryBytes, flags ?? this.#flags, this.#jail)
    this.#loading.add(process)
    const end = (): void => process.kill()
    signal?.addEventListener('abort', end)
    try {
      const answer = await process.request(
        { kind: 'load', keep: keep || flags !== undefined, ...this.#order(load), tried },
        this.#limits(size),
        bytes,
      )
      if (answer.kind === 'loaded') return { process, answer: answer.answer }
      throw new SluiceError('MODEL_LOAD_FAILED', `the model's process answered with ${answer.kind}`)
    } catch (error) {
      // What code has done to its process stays there.
      if (flags !== undefined) process.kill()
      else if (process.alive) this.#keepIdle(process)
      throw error instanceof SluiceError && error.code !== 'MODEL_FAILED'
        ? error
        : new SluiceError('MODEL_LOAD_FAILED', messageOf(error), { cause: error })
    } finally {
      signal?.removeEventListener('abort', end)
      this.#loading.delete(process)
    }
  }

  /** The flags of the process of a model that is code; undefined: it is not. */
  #alone({ content: { path }, format }: GuardedLoad): readonly string[] | undefined {
    return format === undefined || path === undefined ? undefined : this.#factory.loader(format)?.alone?.(path)
  }

  #order({ content, format, output, specs, golden }: GuardedLoad): Omit<LoadOrder, 'tried'> {
    const { formats } = this.#factory
    const found = content.bytes !== undefined && isQuicklyTold(content.bytes) ? this.#factory.detect(content.bytes) : undefined
    const loaders = (found === undefined ? formats : [found]).flatMap(name => {
      const { module, alone } = this.#factory.loader(name) ?? {}
      return module === undefined || (alone !== undefined && name !== format) ? [] : [[name, module] as const]
    })
    return {
      path: content.path,
      size: content.size,
      hash: content.hash,
      loaders,
      supported: formats,
      format,
      output,
      specs,
      golden,
      light: this.#light,
    }
  }

  #limits(size: number): RequestLimits {
    return { timeoutMs: this.#timeoutMs, memoryBytes: this.#memoryBytes + 8 * size }
  }

  #processModel(load: GuardedLoad, process: ModelProcess, facts: LoadAnswer, behind = false): ProcessModel {
    const reopen = async (signal: AbortSignal): Promise<ModelProcess> => {
      const again = (await this.#loadApart(load, true, { tried: true, signal })).process
      if (behind) again.stepBack()
      return again
    }
    const limits = { timeoutMs: this.#scoreDeadlineMs, memoryBytes: this.#limits(load.content.size).memoryBytes }
    const rowMs = facts.runMs / measuredRows
    if (rowMs <= limits.timeoutMs || rowMs === Infinity)
      return new ProcessModel({ facts, process, limits, restarts: this.#restarts, reopen })
    process.kill()
    const message = `it takes ${Math.round(rowMs)} ms for a record; at most ${limits.timeoutMs} are allowed (scoreDeadlineMs)`
    throw new SluiceError('MODEL_LOAD_FAILED', message)
  }

  /** One that may take so much memory. */
  #takeIdle(memoryBytes: number): ModelProcess | undefined {
    for (const [process, timer] of this.#idle) {
      if (process.memoryBytes < memoryBytes) continue
      clearTimeout(timer)
      this.#idle.delete(process)
      if (process.alive) return process
    }
    return undefined
  }

  #keepIdle(process: ModelProcess): void {
    const end = (): void => {
      this.#idle.delete(process)
      process.kill()
    }
    this.#idle.set(process, setTimeout(end, this.#idleMs).unref())
  }
}

/** Loads a model in this process, and checks it against the data's fields and its golden records. */
export async function loadHere(factory: ModelFactory, load: GuardedLoad): Promise<Model> {
  const { content, format, output } = load
  const bytes = content.bytes ?? (await readFile(content.path as string))
  return checked(await factory.load({ bytes, format, output }), load)
}

async function checked(model: Model, { specs, golden }: GuardedLoad): Promise<Model> {
  try {
    checkInputs(model, specs)
    await checkAbsent(model, specs)
    if (golden !== undefined) checkGolden(await model.score(new BatchReader().read(golden.batch)), golden.results)
    return model
  } catch (error) {
    await model.dispose()
    throw error
  }
}
