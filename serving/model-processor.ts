import { contentOf, type LoadedModel, type ModelContent } from '../models/index.ts'
import { sluice } from '../proto/messages.js'
import { env, messageOf, SluiceError } from '../base/index.ts'
import { isKnown, type ModelRecordPlace, type KeptModels, type ModelUsageStore, routedVersions, routingOf } from '../stores/index.ts'
import type { Processor, ProcessorContext, RawRecord } from '../topology/index.ts'
import { addPendingModel } from './pending-models.ts'
import { decodeModelMessage, goldenReadable, goldenRows, type ModelMessage, newRoleOf, trainingFacts } from './model-descriptor.ts'
import { isHeavy, maxStoredBytes, ModelLoader } from './model-loader.ts'
import { eventNotes, keptModels } from './model-stores.ts'
import { type MovedKey, ModelMover, movedFrom } from './model-mover.ts'
import { type ControlRecord, ModelControls, type Prepared } from './model-controls.ts'
import { eventSinks, ModelEventLog, type ModelEventFacts, type ModelEventName } from './model-event-log.ts'
import { type AskedFor, changeOfModel } from './policies/index.ts'
import { ReadyModels } from './ready-models.ts'
import { UploadExpiry } from './upload-expiry.ts'
import { LoadFigures } from './load-figures.ts'
import { countsUsage, modelWaitOf, type ServingOptions, usageStoreName } from './serving-options.ts'

/** The result of a trial: a loaded model that may serve, or the reason for the refusal. */
type Outcome = { readonly loaded: LoadedModel; readonly content: ModelContent } | { readonly refused: unknown }

/**
 * Applies model records. A record on the wrong partition is moved (see `ModelMover`). A model is read, checked against its hash, loaded,
 * checked against the data's fields and tried, while data is scored with the previous model. Then it becomes the data type's next version,
 * between two runs of data. The record of a refused model becomes a dead letter with the reason. A record without a value withdraws its
 * data type's model.
 */
export class ModelProcessor implements Processor<Uint8Array | null, Uint8Array | null, MovedKey | Uint8Array, Uint8Array | null> {
  readonly #options: ServingOptions
  readonly #loader: ModelLoader
  readonly #ready = new ReadyModels()
  /** Loaded models that do not serve yet, by their records' offsets. A record that is processed again replaces its entry. */
  readonly #waiting = new Map<number, LoadedModel>()
  #context!: ProcessorContext<MovedKey | Uint8Array, Uint8Array | null>
  #mover!: ModelMover
  #store!: KeptModels
  /** With `join: broadcast`: the use that the data tasks count. */
  #usage: ModelUsageStore | undefined
  #uploads!: UploadExpiry
  #figures!: LoadFigures
  #controls!: ModelControls
  #events!: ModelEventLog
  /** Resolves when the last trial has ended: models are tried one after the other. */
  #trying: Promise<unknown> = Promise.resolve()
  /** Resolves when the last record has been applied. */
  #applied: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: ServingOptions, loader = new ModelLoader(options)) {
    this.#options = options
    this.#loader = loader
  }

  init(context: ProcessorContext<MovedKey | Uint8Array, Uint8Array | null>): void | Promise<void> {
    this.#context = context
    this.#mover = new ModelMover(context, this.#options.modelsTopic)
    this.#store = keptModels(context, this.#options)
    this.#figures = new LoadFigures(context.metrics)
    if (countsUsage(this.#options)) {
      this.#usage = context.getStateStore<ModelUsageStore>(usageStoreName(this.#options))
      this.#store.attach(this.#usage)
    }
    this.#events = new ModelEventLog(context, eventSinks.models, eventNotes(this.#store, this.#options))
    this.#controls = new ModelControls({
      context,
      store: this.#store,
      loader: this.#loader,
      ready: this.#ready,
      figures: this.#figures,
      events: this.#events,
    })
    this.#events.soon()
    this.#uploads = new UploadExpiry(context, this.#store, this.#options.modelsTopic)
    return this.#store.check?.()
  }

  process(record: RawRecord): void {
    const message = decodeModelMessage(record)
    if (isPieceWithdrawn(message, this.#store) || this.#mover.move(record, message)) return
    const { descriptor } = message
    if (descriptor === undefined) return this.#withdraw(message.dataType, record)
    if (message.control !== undefined) return this.#control({ ...message, control: message.control }, record)
    if (descriptor.piece) return this.#uploads.add(descriptor, record)
    if (this.#isKnown(message.dataType, record)) return
    const started = env.monotonic()
    const outcome = this.#trying.then(() => this.#try(descriptor, record.offset))
    this.#trying = outcome
    const applied = this.#finishInTurn(outcome, given => {
      this.#finish(descriptor, record, given)
      this.#figures.swapped(started)
    })
    addPendingModel(this.#store, descriptor.dataType, applied, modelWaitOf(this.#options))
  }

  /** Finishes the record after the work. Returns when it has: also if it was refused, but not if the task was revoked before. */
  #finishInTurn<T>(work: Promise<T>, finish: (given: T) => void): Promise<void> {
    let end: () => void = () => undefined
    const applied = new Promise<void>(resolve => (end = resolve))
    this.#context.finishLater(work, given => {
      try {
        finish(given)
      } finally {
        end()
      }
    })
    this.#applied = applied
    return applied
  }

  /** Applies a control after the records before it: it may be about the model of the last of them. */
  #control({ dataType, control }: Pick<ControlRecord, 'dataType' | 'control'>, record: RawRecord): void {
    const asked = { dataType, control, place: this.#placeOf(record) }
    const before = this.#applied
    const prepared = this.#trying.then(() => before).then(() => this.#prepare(asked))
    this.#trying = prepared
    void this.#finishInTurn(prepared, given => this.#controls.apply(asked, given))
  }

  async #prepare(asked: ControlRecord): Promise<Prepared> {
    const prepared = await this.#controls.prepare(asked)
    if (!this.#closed || !('loaded' in prepared)) return prepared
    for (const loaded of prepared.loaded.values()) await loaded.release()
    return { loaded: new Map() }
  }

  async close(): Promise<void> {
    // A trial that is still running releases its model when it ends: see `#try`.
    this.#closed = true
    if (this.#usage !== undefined) this.#store.detach(this.#usage)
    await Promise.all([...this.#waiting.values()].map(loaded => loaded.release()))
    this.#waiting.clear()
    await this.#ready.close()
  }

  /** Whether the record is read again: it made one of the kept versions, or another copy of it was applied. */
  #isKnown(dataType: string, record: RawRecord): boolean {
    const state = this.#store.state(dataType)
    return state !== undefined && isKnown(state, this.#placeOf(record))
  }

  #placeOf(record: RawRecord): ModelRecordPlace {
    const { topic, partition, offset } = record
    return { partition, offset, movedFrom: movedFrom(record), topicId: this.#context.topicId(topic) }
  }

  /** Withdraws the data type's model after the trials of the model records before this one. */
  #withdraw(dataType: string, record: RawRecord): void {
    const { partition, offset } = record
    void this.#finishInTurn(this.#trying, () => {
      const withdrawn = this.#store.withdraw(dataType, this.#placeOf(record), env.now())
      if (withdrawn === undefined) return
      this.#ready.keepOnly(dataType, [])
      const { version, name } = withdrawn
      this.#note('withdrawn', dataType, { record: { partition, offset }, version, name })
      this.#context.log('info', 'audit: a model was withdrawn', { dataType, name, version, partition, offset })
    })
  }

  async #try(descriptor: sluice.ModelDescriptor, offset: number): Promise<Outcome> {
    try {
      const content = await this.#contentOf(descriptor)
      await goldenReadable(descriptor, this.#options.reader)
      const loaded = await this.#loader.try(content, descriptor, goldenRows(descriptor, this.#options.reader), this.#figures)
      const before = this.#waiting.get(offset)
      if (this.#closed) await loaded.release()
      else this.#waiting.set(offset, loaded)
      await before?.release()
      return { loaded, content }
    } catch (error) {
      return { refused: error }
    }
  }

  #finish(descriptor: sluice.ModelDescriptor, record: RawRecord, outcome: Outcome): void {
    const { dataType, name, description, modeltype, location, output, pieces, sha256 } = descriptor
    const { partition, offset } = record
    const change = this.#changeFor(descriptor, outcome)
    if ('refused' in outcome || 'refused' in change) {
      const { refused } = 'refused' in change ? change : (outcome as { readonly refused: unknown })
      if ('loaded' in outcome) this.#forget(offset, outcome.loaded)
      this.#figures.refused(refused)
      if (pieces > 0) this.#store.dropUpload(sha256)
      const isNew = this.#store.markApplied(dataType, offset, partition, this.#placeOf(record))
      const code = refused instanceof SluiceError ? refused.code : 'MODEL_LOAD_FAILED'
      if (isNew)
        this.#note('refused', dataType, { record: { partition, offset }, name, code, why: messageOf(refused), ...whoIn(descriptor) })
      throw new SluiceError(code, `model "${name}" for data type "${dataType}" is refused: ${messageOf(refused)}`, { cause: refused })
    }
    const { loaded, content } = outcome
    const before = this.#store.state(dataType)
    const added = this.#store.addVersion(
      dataType,
      {
        name,
        description,
        modeltype,
        bytes: content.bytes,
        hash: content.hash,
        size: content.size,
        heavy: isHeavy(loaded.model),
        location: location ?? undefined,
        output,
        since: env.now(),
        ...trainingFacts(descriptor, record),
        ...this.#placeOf(record),
      },
      () => change,
    )
    this.#waiting.delete(offset)
    const state = this.#store.state(dataType)
    // Another copy of the record was applied meanwhile.
    if (added === undefined || state === undefined || state === before) return void loaded.release().catch(() => undefined)
    this.#ready.hold(dataType, added.version, loaded)
    this.#ready.keepOnly(dataType, [...routedVersions(routingOf(state)), added.version])
    const { version, hash } = added
    const facts = { version, name, hash: Buffer.from(hash).toString('hex'), ...whoIn(descriptor) }
    this.#note('accepted', dataType, { record: { partition, offset }, ...facts })
  }

  #changeFor(descriptor: sluice.ModelDescriptor, outcome: Outcome): AskedFor | { readonly refused: unknown } {
    if ('refused' in outcome) return outcome
    const state = this.#store.state(descriptor.dataType)
    try {
      const asked = newRoleOf(descriptor)
      if (this.#store.change === undefined && asked.role !== undefined && asked.role.name !== 'CHAMPION')
        throw new SluiceError('CONTROL_REFUSED', 'the store keeps one version of a model, the champion: see the setting "store"')
      return changeOfModel(state, (state?.latest ?? 0) + 1, asked)
    } catch (error) {
      return { refused: error }
    }
  }

  #forget(offset: number, loaded: LoadedModel): void {
    this.#waiting.delete(offset)
    loaded.release().catch(() => undefined)
  }

  /** Notes an event with the policy after it. */
  #note(event: ModelEventName, dataType: string, facts: ModelEventFacts): void {
    const state = this.#store.state(dataType)
    const { number: policy, champion } = state === undefined ? { number: 0, champion: 0 } : routingOf(state)
    this.#events.note(event, dataType, { ...facts, policy, champion })
    this.#events.soon()
  }

  async #contentOf({ modeltype, location, sha256, pieces, data }: sluice.ModelDescriptor): Promise<ModelContent> {
    // A model that runs in another server: its content is the location.
    if (location && modeltype === sluice.ModelDescriptor.ModelType.SERVICE) return contentOf(Buffer.from(location))
    if (modeltype === sluice.ModelDescriptor.ModelType.MODULE) {
      if (location) return this.#loader.readCode(location, sha256)
      throw new SluiceError(
        'MODEL_LOCATION_REFUSED',
        'it is a module in a record: code is run only from a file below a code root, by its location',
      )
    }
    if (location) return this.#loader.read(location, sha256)
    const bytes = pieces > 0 ? await this.#store.uploaded(sha256) : data
    if (bytes === null || bytes === undefined || bytes.length === 0)
      throw new SluiceError('MODEL_LOAD_FAILED', 'its record has neither bytes nor a location')
    const most = Math.min(maxStoredBytes, this.#options.maxModelBytes, this.#store.mostBytes ?? Infinity)
    if (bytes.length > most) throw new SluiceError('MODEL_TOO_LARGE', `it has ${bytes.length} bytes; at most ${most} are allowed`)
    const content = await contentOf(bytes)
    if (sha256.length === 0 || Buffer.from(sha256).equals(content.hash)) return content
    const [found, said] = [content.hash, sha256].map(hash => Buffer.from(hash).toString('hex'))
    throw new SluiceError('MODEL_HASH_MISMATCH', `the SHA-256 of its bytes is ${found}, but its record states ${said}`)
  }
}

/** Whether the record deletes a piece of a model, and not the model of a data type that has such a name. Nothing is withdrawn then. */
function isPieceWithdrawn({ dataType, descriptor }: ModelMessage, store: KeptModels): boolean {
  return descriptor === undefined && /\/piece\/\d+$/.test(dataType) && store.state(dataType) === undefined
}

function whoIn({ publishedBy }: sluice.ModelDescriptor): { readonly who?: string } {
  return publishedBy === '' ? {} : { who: publishedBy }
}
