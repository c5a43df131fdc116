import { isObject } from '../../base/options/index.ts'
import { messageOf, SluiceError } from '../../base/index.ts'
import { sluice } from '../../proto/messages.js'
import { plainControl } from '../policies/index.ts'
import { eventTimeOf } from './event-time.ts'

/** A control record of the models topic. */
export interface ModelControlRecord {
  /** The data type whose policy it changes. */
  readonly dataType: string
  /** What it asks for: `promote`, … */
  readonly action: string
  /** The record's key. */
  readonly key: Uint8Array
  /** The record's value, a `ModelDescriptor` with `control`. */
  readonly value: Uint8Array
}

const fields = [
  'setRole',
  'promote',
  'rollback',
  'retire',
  'setPolicy',
  'alias',
  'withdraw',
  'cancel',
  'expect',
  'effectiveFrom',
  'who',
  'reason',
]

/** The control record of a JSON object with the fields of `ModelControl` (proto/model.proto). Throws INPUT_INVALID. */
export function controlOfJson(dataType: string, json: unknown): ModelControlRecord {
  if (dataType === '') throw invalid('there is no data type')
  if (!isObject(json) || Array.isArray(json)) throw invalid('the control is not a JSON object')
  const unknown = Object.keys(json).find(name => !fields.includes(name))
  if (unknown !== undefined) throw invalid(`unknown field ${unknown}; allowed: ${fields.join(', ')}`)
  checkCancel(json['cancel'])
  let control: sluice.ModelControl
  try {
    const { effectiveFrom } = json as { readonly effectiveFrom?: unknown }
    const at = effectiveFrom === undefined || effectiveFrom === null ? {} : { effectiveFrom: eventTimeOf(effectiveFrom) }
    control = sluice.ModelControl.fromObject({ ...json, ...at, ...policyIn(json) })
  } catch (error) {
    if (error instanceof SluiceError) throw error
    throw new SluiceError('INPUT_INVALID', `the control cannot be read: ${messageOf(error)}`, { cause: error })
  }
  const value = sluice.ModelDescriptor.encode({ dataType, control }).finish()
  const decoded = sluice.ModelDescriptor.decode(value).control
  const plain = plainControl(decoded ?? {})
  if (typeof plain === 'string') throw invalid(plain)
  return { dataType, action: plain.action.kind, key: Buffer.from(dataType), value }
}

/** The decoder makes 0 of what is no number, and 0 is the offset of a record. */
function checkCancel(cancel: unknown): void {
  if (!isObject(cancel)) return
  const { offset } = cancel
  if (offset === undefined || offset === null || (Number.isSafeInteger(offset) && (offset as number) >= 0)) return
  throw invalid(`the offset of cancel is ${JSON.stringify(offset)}; allowed: a whole number from 0`)
}

/** The decider of a policy may be an object: in the record it is text. */
function policyIn({ setPolicy }: { readonly setPolicy?: unknown }): { readonly setPolicy?: object } {
  if (!isObject(setPolicy) || !isObject(setPolicy['decider'])) return {}
  return { setPolicy: { ...setPolicy, decider: JSON.stringify(setPolicy['decider']) } }
}

function invalid(message: string): SluiceError {
  return new SluiceError('INPUT_INVALID', message)
}
