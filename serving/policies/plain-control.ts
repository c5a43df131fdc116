import { sluice } from '../../proto/messages.js'

/** Names a version of a data type. */
export type VersionRef = { readonly version: number } | { readonly alias: string }

/** The role of a version, by name. */
export type RoleName = keyof typeof sluice.ModelRole

/** A version and its share of the keys. */
export interface ShareOf {
  readonly of: VersionRef
  readonly weight: number
}

/** A version that races: one that is named now, or the newest of a name, whichever that is then. */
export interface RacerRequest {
  readonly of: VersionRef | { readonly name: string }
  /** 0: 1. */
  readonly weight: number
}

/** A model of a composite. */
export type StepRequest = RacerRequest['of']

/** A whole policy that replaces the one before. What is absent is none; of the champion, the one there is. */
export interface PolicyRequest {
  readonly champion?: VersionRef
  readonly challengers: readonly ShareOf[]
  readonly shadows: readonly VersionRef[]
  readonly fallback?: VersionRef
  readonly decoy: boolean
  readonly bucketBy: string
  readonly decider: string
  readonly budgetMs: number
  readonly racers: readonly RacerRequest[]
  readonly steps: readonly StepRequest[]
}

/** What a control record asks for. */
export type ControlAction =
  | { readonly kind: 'setRole'; readonly of: VersionRef; readonly role: RoleName; readonly weight: number }
  | { readonly kind: 'promote'; readonly of: VersionRef }
  | { readonly kind: 'rollback'; readonly of: VersionRef | undefined }
  | { readonly kind: 'retire'; readonly of: VersionRef }
  | { readonly kind: 'setPolicy'; readonly policy: PolicyRequest }
  | { readonly kind: 'alias'; readonly alias: string; readonly version: number }
  | { readonly kind: 'withdraw' }
  | { readonly kind: 'cancel'; readonly which: number | 'all' }

/** A decoded control record. */
export interface PlainControl {
  readonly action: ControlAction
  /** The state that it expects; what is absent may be anything. */
  readonly expect: { readonly champion?: number; readonly policy?: number }
  /** The event time, epoch ms, from which it is in force; undefined: at once. */
  readonly effectiveFrom: number | undefined
  readonly who: string | undefined
  readonly reason: string | undefined
}

/** The control without the classes of its decoder; a string: why it asks for nothing that can be done. */
export function plainControl(control: sluice.ModelControl.$Properties): PlainControl | string {
  const action = actionOf(control)
  if (typeof action === 'string') return action
  const { champion, policy } = control.expect ?? {}
  const effectiveFrom = whole(control.effectiveFrom)
  return {
    action,
    expect: { ...(isSet(champion) ? { champion: whole(champion) } : {}), ...(isSet(policy) ? { policy: whole(policy) } : {}) },
    effectiveFrom: effectiveFrom === 0 ? undefined : effectiveFrom,
    who: control.who || undefined,
    reason: control.reason || undefined,
  }
}

function actionOf(control: sluice.ModelControl.$Properties): ControlAction | string {
  const { setRole, promote, rollback, retire, setPolicy, alias, cancel } = control
  if (setRole) {
    const of = refOf(setRole.of)
    const role = sluice.ModelRole[setRole.role ?? 0] as RoleName | undefined
    if (role === undefined) return `setRole names role ${setRole.role}, which is none`
    return of === undefined ? noVersion('setRole') : { kind: 'setRole', of, role, weight: setRole.weight ?? 0 }
  }
  if (promote) return needed(promote, 'promote')
  if (rollback) return { kind: 'rollback', of: refOf(rollback) }
  if (retire) return needed(retire, 'retire')
  if (setPolicy) return policyOf(setPolicy)
  if (alias) return { kind: 'alias', alias: alias.alias ?? '', version: whole(alias.version) }
  if (control.withdraw) return { kind: 'withdraw' }
  if (cancel) return cancelOf(cancel)
  return 'it names no action that this version knows'
}

function needed(ref: sluice.VersionRef.$Properties, kind: 'promote' | 'retire'): ControlAction | string {
  const of = refOf(ref)
  return of === undefined ? noVersion(kind) : { kind, of }
}

function noVersion(action: string): string {
  return `${action} names no version`
}

function cancelOf({ offset, all }: sluice.Cancel.$Properties): ControlAction | string {
  if (isSet(offset) === (all === true)) return 'cancel names either the offset of a change that waits, or all'
  return { kind: 'cancel', which: all === true ? 'all' : whole(offset) }
}

function policyOf(policy: sluice.RoutingPolicy.$Properties): ControlAction | string {
  const challengers: ShareOf[] = []
  for (const { of, weight } of policy.challengers ?? []) {
    const ref = refOf(of)
    if (ref === undefined) return noVersion('a challenger of setPolicy')
    challengers.push({ of: ref, weight: weight ?? 0 })
  }
  const shadows: VersionRef[] = []
  for (const shadow of policy.shadows ?? []) {
    const ref = refOf(shadow)
    if (ref === undefined) return noVersion('a shadow of setPolicy')
    shadows.push(ref)
  }
  const racers: RacerRequest[] = []
  for (const { of, name, weight } of policy.racers ?? []) {
    const ref = name ? { name } : refOf(of)
    if (ref === undefined) return noVersion('a racer of setPolicy')
    racers.push({ of: ref, weight: weight ?? 0 })
  }
  const steps: StepRequest[] = []
  for (const { of, name } of policy.steps ?? []) {
    const ref = name ? { name } : refOf(of)
    if (ref === undefined) return noVersion('a step of setPolicy')
    steps.push(ref)
  }
  const [champion, fallback] = [refOf(policy.champion), refOf(policy.fallback)]
  return {
    kind: 'setPolicy',
    policy: {
      ...(champion === undefined ? {} : { champion }),
      challengers,
      shadows,
      ...(fallback === undefined ? {} : { fallback }),
      decoy: policy.decoy ?? false,
      bucketBy: policy.bucketBy ?? '',
      decider: policy.decider ?? '',
      budgetMs: policy.budgetMs ?? 0,
      racers,
      steps,
    },
  }
}

function refOf(ref: sluice.VersionRef.$Properties | null | undefined): VersionRef | undefined {
  if (ref?.alias) return { alias: ref.alias }
  const version = whole(ref?.version)
  return version === 0 ? undefined : { version }
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** A decoded 64-bit field as a number: it is a Long, although its type says number. */
function whole(value: unknown): number {
  return Number(value ?? 0)
}
