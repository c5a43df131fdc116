import { Worker } from 'node:worker_threads'
import type { ColumnBatch } from '../../records/index.ts'
import type { Model, Scores } from '../model.ts'
import { quarantineFile } from './quarantine.ts'

/** How often the watch looks, ms. */
const lookEveryMs = 250
/** The shared word: the number of the model that is being scored, 0 for none, and in the upper bits the number of the call. */
const idBits = 20
const mostIds = 2 ** idBits
const mostCalls = 2 ** (31 - idBits)

/**
 * What the other thread does; it holds no reference to anything here but the shared word. It counts looks and not time: while the whole process stood
 * still, no look was taken. A word that is the same at each look for so long is one call: others would have changed it.
 */
const source = `
  const { workerData, parentPort } = require('node:worker_threads')
  const { writeFileSync, renameSync, mkdirSync, writeSync } = require('node:fs')
  const word = new Int32Array(workerData.shared)
  const models = new Map()
  parentPort.on('message', ({ id, ...model }) => (model.said === undefined ? models.delete(id) : models.set(id, model)))
  let last = 0, looks = 0
  setInterval(() => {
    const now = Atomics.load(word, 0)
    looks = now !== 0 && now === last ? looks + 1 : 0
    last = now
    if (looks * workerData.lookEveryMs < workerData.limitMs) return
    const { model, said, file } = models.get(now % workerData.mostIds) ?? {}
    const why = 'it hung the thread that scores for more than ' + workerData.limitMs + ' ms'
    try {
      writeSync(2, 'sluice: ' + said + ' is quarantined, and this process ends: ' + why + '\\n')
      if (file !== undefined) {
        mkdirSync(workerData.directory, { recursive: true, mode: 0o700 })
        writeFileSync(file + '.new', JSON.stringify({ model, why, since: Date.now() }), { mode: 0o600 })
        renameSync(file + '.new', file)
      }
    } finally {
      process.kill(process.pid, 'SIGKILL')
    }
  }, workerData.lookEveryMs)
`

export interface ScoreWatchOptions {
  /** Longest time of one call of a model in this thread, ms. */
  readonly limitMs: number
  /** Where a model is quarantined; undefined: nowhere. */
  readonly directory: string | undefined
}

/** A version of a model, for whoever reads of it. */
export interface WatchedVersion {
  /** By which it is quarantined. */
  readonly key: string
  readonly name: string
  readonly version: number
}

/** A reference to a loaded model. */
export interface ModelReference {
  /** The model; others may have it, too. */
  readonly model: Model
  /** Releases the reference. A second call does nothing. */
  release(): Promise<void>
}

interface Watched {
  readonly model: Model
  readonly id: number
  /** References to it that are not released. */
  holders: number
}

/**
 * Ends this process when a model hangs this thread: nothing else can, not even a signal. A thread of its own looks at one shared word, which says the
 * model and the call that are under way. It starts with the first model, and does not keep the process alive. Each thread that scores has its own.
 */
export class ScoreWatch {
  readonly #options: ScoreWatchOptions
  readonly #word = new Int32Array(new SharedArrayBuffer(4))
  readonly #watched = new WeakMap<Model, Watched>()
  readonly #ids = new Set<number>()
  #worker: Worker | undefined
  #last = 0

  /** @internal */
  constructor(options: ScoreWatchOptions) {
    this.#options = options
  }

  /**
   * The same reference, to a model whose calls are watched under the name of the version that asked first: what is shared by several is one model here, too. With the
   * last reference that is released the watch forgets the model.
   * @internal
   */
  watched<Reference extends ModelReference>(loaded: Reference, version: WatchedVersion): Reference {
    const { model: inner } = loaded
    const watched = this.#watched.get(inner) ?? this.#watch(inner, version)
    watched.holders++
    let held = true
    const release = async (): Promise<void> => {
      const last = held && --watched.holders === 0
      held = false
      if (last) this.#watched.delete(inner)
      // A call may be under way until the model is disposed of.
      await loaded.release()
      if (last) this.#forget(watched.id)
    }
    return { ...loaded, model: watched.model, release }
  }

  #watch(inner: Model, { key, name, version }: WatchedVersion): Watched {
    const { directory } = this.#options
    do this.#last = (this.#last % (mostIds - 1)) + 1
    while (this.#ids.has(this.#last))
    const id = this.#last
    this.#ids.add(id)
    this.#worker ??= this.#start()
    const file = directory === undefined ? undefined : quarantineFile(directory, key)
    const said = `model ${JSON.stringify(name)}, version ${version} (${key})`
    this.#worker.postMessage({ id, model: key, said, file }, [])
    const watched: Watched = { model: new WatchedModel(inner, this.#word, id), id, holders: 0 }
    this.#watched.set(inner, watched)
    return watched
  }

  #forget(id: number): void {
    this.#ids.delete(id)
    this.#worker?.postMessage({ id }, [])
  }

  #start(): Worker {
    const { limitMs, directory } = this.#options
    const worker = new Worker(source, {
      eval: true,
      execArgv: [],
      workerData: { shared: this.#word.buffer, limitMs, directory, lookEveryMs, mostIds },
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    })
    worker.unref()
    return worker
  }
}

/** Writes the shared word before and after each call; what goes on elsewhere, such as in a server, has returned. */
class WatchedModel implements Model {
  readonly format: Model['format']
  readonly inputs: Model['inputs']
  readonly outputs: Model['outputs']
  readonly #model: Model
  readonly #word: Int32Array
  readonly #id: number
  #call = 0

  constructor(model: Model, word: Int32Array, id: number) {
    this.#model = model
    this.#word = word
    this.#id = id
    this.format = model.format
    this.inputs = model.inputs
    this.outputs = model.outputs
  }

  get oneByOne(): string | undefined {
    return this.#model.oneByOne
  }

  score(batch: ColumnBatch): Scores | Promise<Scores> {
    this.#call = (this.#call + 1) % mostCalls
    Atomics.store(this.#word, 0, this.#call * mostIds + this.#id)
    try {
      return this.#model.score(batch)
    } finally {
      Atomics.store(this.#word, 0, 0)
    }
  }

  dispose(): Promise<void> {
    return this.#model.dispose()
  }
}
