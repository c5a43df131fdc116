import { isRecordFault, messageOf, SluiceError, type ErrorCode } from '../base/index.ts'
import { shownValue } from '../base/options/index.ts'

/**
 * A rule of a control stream. Returns true for a control that may be in force; false, or the reason as text, to refuse it. `current`: the control that
 * it would replace; undefined: there is none, and the default holds.
 */
export type ControlRule<C> = (control: C, current: C | undefined) => boolean | string

/** Makes the next control of a key from a control record and the control that it replaces. Throws, or calls `refuse`, to refuse the record. */
export type OnControl<K, C> = (control: C, current: C | undefined, key: K) => C | Promise<C>

/** A schema in the form that Zod, Valibot, ArkType and others share: https://standardschema.dev. */
export interface ControlSchema<C> {
  /** What the schema's library provides. */
  readonly '~standard': {
    /** Checks a value; returns it, perhaps completed, or what is wrong with it. */
    validate(value: unknown): SchemaResult<C> | Promise<SchemaResult<C>>
  }
}

/** The outcome of a check: the value, or issues. */
export interface SchemaResult<C> {
  /** The value, if there are no issues. */
  readonly value?: C
  /** What is wrong; undefined: nothing. */
  readonly issues?: readonly SchemaIssue[] | undefined
}

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  /** What is wrong. */
  readonly message: string
  /** Where in the value. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** Refuses a control from within `onControl`: the old one goes on, and the record becomes a dead letter with the reason. */
export function refuse(reason: string): never {
  throw new SluiceError('CONTROL_REFUSED', reason)
}

/** A refusal: the rule, what it said, and the code of the dead letter. */
export class Refusal {
  readonly rule: string
  readonly reason: string
  readonly code: ErrorCode
  readonly cause: unknown

  constructor(
    rule: string,
    reason: string,
    { code = 'CONTROL_REFUSED', cause }: { readonly code?: ErrorCode; readonly cause?: unknown } = {},
  ) {
    this.rule = rule
    this.reason = reason.slice(0, mostReason)
    this.code = code
    this.cause = cause
  }
}

/** The refusal is kept in the control store. */
const mostReason = 500

export interface ControlRules<K, C> {
  readonly schema: ControlSchema<C> | undefined
  readonly rules: Readonly<Record<string, ControlRule<C>>>
  readonly onControl: OnControl<K, C> | undefined
}

/** Applies the schema. Throws what is not the record's fault. */
export async function conforming<C>(schema: ControlSchema<C> | undefined, control: C): Promise<{ readonly value: C } | Refusal> {
  if (schema === undefined) return { value: control }
  return judged('schema', async () => {
    const { value, issues } = await schema['~standard'].validate(control)
    if (issues === undefined) return { value: value as C }
    return new Refusal('schema', issues.map(issueText).join('; '))
  })
}

/** Applies the rules, and then `onControl`; the first refusal ends it. Throws what is not the record's fault. */
export async function nextControl<K, C>(
  { rules, onControl }: ControlRules<K, C>,
  control: C,
  { key, current }: { readonly key: K; readonly current: C | undefined },
): Promise<{ readonly value: C } | Refusal> {
  for (const [name, rule] of Object.entries(rules)) {
    const outcome = await judged(name, () => {
      const said: unknown = rule(control, current)
      return said === true ? { value: control } : new Refusal(name, reasonOf(said))
    })
    if (outcome instanceof Refusal) return outcome
  }
  if (onControl === undefined) return { value: control }
  return judged('onControl', async () => {
    const value = await onControl(control, current, key)
    if (value !== undefined) return { value }
    return new Refusal('onControl', 'onControl returned undefined, which is no control: it returns the next control, or calls refuse')
  })
}

function reasonOf(said: unknown): string {
  if (said === false) return 'the control breaks the rule'
  return typeof said === 'string' ? said : `the rule returned ${returned(said)}, which is neither true, false nor a reason`
}

/** A value that user code must not return, for a message. If it is a promise, its rejection is nobody's. */
export function returned(value: unknown): string {
  if (!(value instanceof Promise)) return shownValue(value)
  value.catch(() => undefined)
  return 'a promise'
}

/** The outcome of user code, whose errors are refusals. */
export async function judged<T>(rule: string, check: () => T | Promise<T>): Promise<T | Refusal> {
  try {
    return await check()
  } catch (error) {
    if (!isRecordFault(error)) throw error
    const code = error instanceof SluiceError ? error.code : 'PROCESSING_FAILED'
    return new Refusal(rule, messageOf(error), { code, cause: error })
  }
}

function issueText({ message, path = [] }: SchemaIssue): string {
  const at = path.map(part => String(typeof part === 'object' ? part.key : part)).join('.')
  return at === '' ? message : `${at}: ${message}`
}
