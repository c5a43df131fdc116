import { type LoadedModel, signerName } from '../models/index.ts'
import type { sluice } from '../proto/messages.js'
import { env, messageOf, SluiceError } from '../base/index.ts'
import {
  isKnown,
  type KeptModels,
  type ModelRecordPlace,
  type ModelState,
  type ModelUsageStore,
  type ModelVersion,
  routingOf,
} from '../stores/index.ts'
import type { Processor, ProcessorContext, RawRecord } from '../topology/index.ts'
import { addPendingModel } from './pending-models.ts'
import { decodeModelMessage, goldenRows, isPieceWithdrawn, newRoleOf, whoIn } from './model-descriptor.ts'
import { type FetchedModel, fetchModel } from './model-content.ts'
import { isHeavy, ModelLoader } from './model-loader.ts'
import { eventNotes, keptModels } from './model-stores.ts'
import { type MovedKey, ModelMover, recordBefore } from './model-mover.ts'
import { type ControlRecord, ModelControls, type Prepared, releasePrepared } from './model-controls.ts'
import { eventSinks, ModelEventLog, type ModelEventFacts, type ModelEventName, policyFacts } from './model-event-log.ts'
import { type ChangeWithWaiting, refused as refusal } from './policies/index.ts'
import { changeOfVersion, checkNewRole, newModelOf } from './new-version.ts'
import { fieldsAfter, givenFields, type StepFields } from './composite/index.ts'
import { checkGoldenAfter, takenBy } from './taken-fields.ts'
import { type ReadyModels, readyModels } from './ready-models.ts'
import { tellUntrusted } from './signed-versions.ts'
import { TypeTurns } from './type-turns.ts'
import { UploadExpiry } from './upload-expiry.ts'
import { LoadFigures } from './load-figures.ts'
import { heldVersions, WaitingChanges } from './waiting-changes.ts'
import { countsUsage, modelWaitOf, type ServingOptions, usageStoreName } from './serving-options.ts'

/** How often changes are made whose time has come, ms. */
const foldEveryMs = 1000

/** The result of a trial: a loaded model that may serve, or the reason for the refusal. */
type Outcome = (FetchedModel & { readonly loaded: LoadedModel; readonly fields: StepFields }) | { readonly refused: unknown }

/**
 * Applies model records. A record on the wrong partition is moved (see `ModelMover`). A model is read, checked against its hash, loaded,
 * checked against the data's fields and tried, while data is scored with the previous model. Then it becomes the data type's next version,
 * between two runs of data. The record of a refused model becomes a dead letter with the reason. A record without a value withdraws its
 * data type's model.
 */
export class ModelProcessor implements Processor<Uint8Array | null, Uint8Array | null, MovedKey | Uint8Array, Uint8Array | null> {
  readonly #options: ServingOptions
  readonly #loader: ModelLoader
  #ready!: ReadyModels
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
  #waitingChanges!: WaitingChanges
  #events!: ModelEventLog
  #turns!: TypeTurns
  #closed = false

  constructor(options: ServingOptions, loader = new ModelLoader(options)) {
    this.#options = options
    this.#loader = loader
  }

  init(context: ProcessorContext<MovedKey | Uint8Array, Uint8Array | null>): void | Promise<void> {
    this.#context = context
    this.#turns = new TypeTurns(context)
    this.#mover = new ModelMover(context, this.#options.modelsTopic)
    this.#store = keptModels(context, this.#options)
    this.#ready = readyModels(this.#store)
    this.#figures = new LoadFigures(context.metrics)
    this.#figures.jailed(context.taskId, this.#options.guard?.jailed === true)
    if (countsUsage(this.#options)) {
      this.#usage = context.getStateStore<ModelUsageStore>(usageStoreName(this.#options))
      this.#store.attach(this.#usage)
    }
    this.#events = new ModelEventLog(context, eventSinks.models, eventNotes(this.#store, this.#options), this.#options)
    const parts = { context, store: this.#store, events: this.#events }
    this.#waitingChanges = new WaitingChanges(parts)
    this.#controls = new ModelControls({
      ...parts,
      options: this.#options,
      waiting: this.#waitingChanges,
      loader: this.#loader,
      ready: this.#ready,
      figures: this.#figures,
    })
    this.#events.soon()
    if (this.#usage !== undefined) context.schedule(foldEveryMs, 'wall-clock', () => this.#foldReached())
    this.#uploads = new UploadExpiry(context, this.#store, this.#options.modelsTopic)
    return this.#store.check?.()
  }

  process(record: RawRecord): void {
    const message = decodeModelMessage(record)
    if (isPieceWithdrawn(message, this.#store) || this.#mover.move(record, message)) return
    const { descriptor } = message
    if (descriptor === undefined) return this.#withdraw(message.dataType, record)
    if (message.control !== undefined)
      return this.#control({ ...message, control: message.control, bytes: message.controlBytes ?? new Uint8Array() }, record)
    if (descriptor.piece) return this.#uploads.add(descriptor, record)
    if (this.#isKnown(message.dataType, record)) return
    const started = env.monotonic()
    const { dataType } = descriptor
    const { offset } = record
    const applied = this.#turns.apply(dataType, {
      prepare: () => this.#try(descriptor, offset),
      apply: given => {
        this.#finish(descriptor, record, given)
        this.#figures.swapped(started)
      },
      giveBack: given => 'loaded' in given && this.#waiting.get(offset) === given.loaded && this.#forget(offset, given.loaded),
    })
    addPendingModel(this.#store, dataType, applied, modelWaitOf(this.#options))
  }

  /** With `join: broadcast`: makes the changes whose time the data of all partitions has come to. */
  #foldReached(): void {
    for (const state of this.#store.states as readonly ModelState[]) {
      const times = state.waiting === undefined ? [] : (this.#usage?.times.all(state.dataType) ?? [])
      if (times.length > 0) this.#waitingChanges.take(state, Math.min(...times))
    }
    this.#events.flush()
  }

  /** What the data of any partition has come to counts as in force for the records that follow: their order is one. */
  #foldBefore(dataType: string): void {
    const state = this.#store.state(dataType)
    const reached = this.#store.eventTime?.(dataType)
    if (state?.waiting !== undefined && reached !== undefined) this.#waitingChanges.take(state, reached)
  }

  /** Applies a control after the records before it: it may be about the model of the last of them. */
  #control({ dataType, control, bytes }: Omit<ControlRecord, 'place'>, record: RawRecord): void {
    const asked = { dataType, control, bytes, place: this.#placeOf(record) }
    void this.#turns.apply<Prepared>(dataType, {
      prepare: () => this.#prepare(asked),
      apply: given => {
        this.#foldBefore(dataType)
        this.#controls.apply(asked, given)
      },
      giveBack: given => void releasePrepared(given),
    })
  }

  async #prepare(asked: ControlRecord): Promise<Prepared> {
    const prepared = await this.#controls.prepare(asked)
    return this.#closed ? releasePrepared(prepared) : prepared
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
    return { partition, offset, movedFrom: recordBefore(record), topicId: this.#context.topicId(topic) }
  }

  /** Withdraws the data type's model after the model records before this one. */
  #withdraw(dataType: string, record: RawRecord): void {
    void this.#turns.apply(dataType, { prepare: () => Promise.resolve(), apply: () => this.#withdrawNow(dataType, record) })
  }

  #withdrawNow(dataType: string, record: RawRecord): void {
    const { partition, offset } = record
    this.#foldBefore(dataType)
    const before = this.#store.state(dataType)
    const withdrawn = this.#store.withdraw(dataType, this.#placeOf(record), env.now())
    if (before === undefined || before === this.#store.state(dataType)) return
    this.#ready.keepOnly(dataType, [])
    const why = refusal("the data type's model was withdrawn before its time")
    this.#waitingChanges.tellRefused(
      dataType,
      (before.waiting ?? []).map(change => ({ change, why })),
    )
    if (withdrawn === undefined) return
    const { version, name } = withdrawn
    this.#note('withdrawn', dataType, { record: { partition, offset }, version, name })
    this.#context.log('info', 'audit: a model was withdrawn', { dataType, name, version, partition, offset })
  }

  async #try(descriptor: sluice.ModelDescriptor, offset: number): Promise<Outcome> {
    try {
      const [{ dataType, after, modeltype, output }, { specs }] = [descriptor, this.#options.reader]
      const fields = after === '' ? [] : fieldsAfter(this.#store.state(dataType), after, specs)
      const { loaded, ...fetched } = await this.#loader.turns.take(
        dataType,
        () => fetchModel(descriptor, { ...this.#options, loader: this.#loader, store: this.#store }),
        async found => {
          const golden = goldenRows(descriptor, this.#options.reader)
          checkGoldenAfter(golden, after)
          return { ...found, loaded: await this.#loader.try(found.content, { modeltype, output, takes: fields }, golden, this.#figures) }
        },
      )
      const takes = after === '' ? undefined : await takenBy(loaded, specs, fields)
      const before = this.#waiting.get(offset)
      if (this.#closed) await loaded.release()
      else this.#waiting.set(offset, loaded)
      await before?.release()
      return { loaded, ...fetched, fields: { gives: givenFields(loaded.model.outputs), takes } }
    } catch (error) {
      return { refused: error }
    }
  }

  #finish(descriptor: sluice.ModelDescriptor, record: RawRecord, outcome: Outcome): void {
    const { dataType, name } = descriptor
    // Another copy of a refused record may have been refused meanwhile.
    if ('refused' in outcome) return this.#isKnown(dataType, record) ? undefined : this.#refuse(descriptor, record, outcome.refused)
    const { partition, offset } = record
    const { loaded, content, signer, fields } = outcome
    this.#foldBefore(dataType)
    const before = this.#store.state(dataType)
    let changed: ChangeWithWaiting | undefined
    let added: ModelVersion | undefined
    try {
      checkNewRole(this.#store, descriptor)
      const model = newModelOf(descriptor, { record, content, signer, heavy: isHeavy(loaded.model), place: this.#placeOf(record), fields })
      added = this.#store.addVersion(dataType, model, (version, state) => {
        changed = changeOfVersion(this.#store, descriptor, record, { version, state, before })
        return changed.change
      })
    } catch (error) {
      if (!(error instanceof SluiceError) || error.fault !== 'record') throw error
      this.#forget(offset, loaded)
      return this.#refuse(descriptor, record, error)
    }
    this.#waiting.delete(offset)
    const state = this.#store.state(dataType)
    // Another copy of the record was applied meanwhile.
    if (added === undefined || state === undefined || state === before) return void loaded.release().catch(() => undefined)
    this.#ready.hold(dataType, added.version, loaded)
    this.#ready.keepOnly(dataType, [...heldVersions(this.#store, state), added.version])
    const { version, hash } = added
    const { effectiveFrom } = newRoleOf(descriptor)
    const facts = {
      version,
      name,
      hash: Buffer.from(hash).toString('hex'),
      ...whoIn(descriptor),
      ...(signer === undefined ? {} : { signer: signerName(signer) }),
      ...(effectiveFrom > 0 ? { effectiveFrom } : {}),
    }
    this.#note('accepted', dataType, { record: { partition, offset }, ...facts })
    this.#waitingChanges.tellRefused(dataType, changed?.refused ?? [])
  }

  /** The record counts as applied; throws the reason, so that it becomes a dead letter. */
  #refuse(descriptor: sluice.ModelDescriptor, record: RawRecord, refused: unknown): never {
    const { dataType, name, pieces, sha256 } = descriptor
    const { partition, offset } = record
    this.#figures.refused(refused)
    if (pieces > 0) this.#store.dropUpload(sha256)
    const isNew = this.#store.markApplied(dataType, offset, partition, this.#placeOf(record))
    const code = refused instanceof SluiceError ? refused.code : 'MODEL_LOAD_FAILED'
    if (isNew) tellUntrusted(this.#context.log, { dataType, name, partition, offset }, refused)
    if (isNew) this.#note('refused', dataType, { record: { partition, offset }, name, code, why: messageOf(refused), ...whoIn(descriptor) })
    throw new SluiceError(code, `model "${name}" for data type "${dataType}" is refused: ${messageOf(refused)}`, { cause: refused })
  }

  #forget(offset: number, loaded: LoadedModel): void {
    this.#waiting.delete(offset)
    loaded.release().catch(() => undefined)
  }

  /** Notes an event with the policy after it. */
  #note(event: ModelEventName, dataType: string, facts: ModelEventFacts): void {
    const state = this.#store.state(dataType)
    this.#events.note(event, dataType, { ...facts, ...(state === undefined ? { policy: 0, champion: 0 } : policyFacts(routingOf(state))) })
    this.#events.soon()
  }
}
