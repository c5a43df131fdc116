import { env } from '../base/index.ts'
import type { ModelContent, ModelSigner } from '../models/index.ts'
import type { sluice } from '../proto/messages.js'
import type { KeptModels, ModelRecordPlace, ModelState, ModelVersion, NewModel } from '../stores/index.ts'
import type { RawRecord } from '../topology/index.ts'
import type { StepFields } from './composite/index.ts'
import { newRoleOf, roleControl, trainingFacts } from './model-descriptor.ts'
import { changeOfModel, changeWithWaiting, type ChangeWithWaiting, checkWaits, refused } from './policies/index.ts'

/** A version that is being added: its number, the state with it, and the state before. */
export interface NewVersion {
  readonly version: number
  readonly state: ModelState
  readonly before: ModelState | undefined
}

/** What a record of the models topic tells of its model. */
export interface TriedModel {
  readonly record: RawRecord
  readonly place: ModelRecordPlace
  readonly content: ModelContent
  /** Who signed it; undefined: it was not asked. */
  readonly signer: ModelSigner | undefined
  /** Whether it runs in a process of its own. */
  readonly heavy: boolean
  /** The fields that it gives, and takes of another model. */
  readonly fields: StepFields
}

/** The model of a descriptor, as the store takes it. */
export function newModelOf(descriptor: sluice.ModelDescriptor, { record, place, content, signer, heavy, fields }: TriedModel): NewModel {
  const { name, description, modeltype, location, output, signature } = descriptor
  const { bytes, hash, size } = content
  const described = { name, description, modeltype, location: location ?? undefined, output }
  const signed = signature.length === 0 ? {} : { givenSignature: { bundle: signature, signer } }
  return { ...described, ...signed, bytes, hash, size, heavy, since: env.now(), ...trainingFacts(descriptor, record), ...fields, ...place }
}

/** Throws CONTROL_REFUSED for a role, or a time, that the store cannot keep. */
export function checkNewRole(store: KeptModels, descriptor: sluice.ModelDescriptor): void {
  const { role, effectiveFrom } = newRoleOf(descriptor)
  if (store.change !== undefined || (effectiveFrom === 0 && (role === undefined || role.name === 'CHAMPION'))) return
  throw refused('the store keeps one version of a model, the champion: see the setting "store"')
}

/** What a new version changes: its role at once, or at its time. Throws CONTROL_REFUSED. */
export function changeOfVersion(
  store: KeptModels,
  descriptor: sluice.ModelDescriptor,
  { partition, offset }: RawRecord,
  { version, state, before }: NewVersion,
): ChangeWithWaiting {
  const asked = newRoleOf(descriptor)
  const { effectiveFrom } = asked
  const added = state.versions.find(each => each.version === version) as ModelVersion
  if (effectiveFrom === 0) return changeWithWaiting(state, changeOfModel(before, added, asked))
  checkWaits('setRole', effectiveFrom, store.eventTime?.(descriptor.dataType))
  return changeWithWaiting(state, {}, { control: roleControl(descriptor, version), effectiveFrom, partition, offset })
}
