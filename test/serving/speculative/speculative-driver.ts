import { type GuardOptions, ModelFactory, ModelGuard } from '../../../models/index.ts'
import { sluice } from '../../../proto/messages.js'
import type { ServingOptions } from '../../../serving/index.ts'
import type { SpeculativePolicy } from '../../../serving/options/index.ts'
import type { TestDriverOptions } from '../../../topology/index.ts'
import { type ModelRecord, type Result, ServingDriver, wine } from '../serving-driver.ts'
import { type Delayed, delayedBytes, formatLoader } from './delayed-model.ts'

/** What a model did in a decision, as the record says it. */
export interface Raced {
  readonly name: string
  readonly version: number
  readonly part: string
  readonly elapsed?: number
  readonly score?: number
  readonly label: string
  readonly error: string
  readonly fallback: boolean
}

export interface Decided extends Result {
  readonly late: number
  readonly decision?: {
    readonly cause: string
    readonly decider: string
    readonly budgetMs: number
    readonly elapsed: number
    readonly models: readonly Raced[]
  }
}

export function decodeDecided(bytes: Uint8Array | null): Decided {
  const message = sluice.ScoreResult.decode(bytes ?? new Uint8Array())
  return sluice.ScoreResult.toObject(message, { longs: Number, enums: String, defaults: true, arrays: true }) as unknown as Decided
}

export function delayedFactory(): ModelFactory {
  return new ModelFactory().register('DELAYED', formatLoader)
}

/** The serving topology with a policy for wine, and its models, each in a process of its own. */
export class SpeculativeDriver {
  readonly serving: ServingDriver
  readonly #guard: ModelGuard
  #published = 0

  private constructor(serving: ServingDriver, guard: ModelGuard) {
    this.serving = serving
    this.#guard = guard
  }

  static async open(
    policy: SpeculativePolicy,
    more: Partial<ServingOptions> = {},
    limits: Partial<GuardOptions> = {},
    ofDriver: TestDriverOptions = {},
  ): Promise<SpeculativeDriver> {
    const factory = delayedFactory()
    const guard = new ModelGuard({ factory, scoreDeadlineMs: 60_000, ...limits })
    return new SpeculativeDriver(
      await ServingDriver.open({ factory, guard, policies: { wine: policy }, modelWaitMs: 60_000, ...more }, ofDriver),
      guard,
    )
  }

  /** Publishes models by their names. */
  async publish(models: Readonly<Record<string, Delayed>>): Promise<void> {
    for (const [name, model] of Object.entries(models)) await this.serving.publish(this.model(name, model))
  }

  /** A model of wine, which differs from all others. */
  model(name: string, model: Delayed): ModelRecord {
    return { dataType: 'wine', name, bytes: delayedBytes({ note: `${this.#published++}`, ...model }) }
  }

  /** One run of records with these amounts of alcohol; what was decided. */
  async decide(...alcohol: readonly number[]): Promise<readonly Decided[]> {
    await this.serving.sendAndWait(...alcohol.map(amount => wine('wine', amount)))
    return this.serving.driver.read('results').map(({ value }) => decodeDecided(value))
  }

  /** Late scores, once there are so many. */
  async late(count: number): Promise<readonly Decided[]> {
    const late: Decided[] = []
    for (let waited = 0; late.length < count && waited < 200; waited++) {
      await new Promise(resolve => setTimeout(resolve, 20))
      await this.serving.driver.advanceWallClockTime(60)
      late.push(...this.serving.driver.read('results-late').map(({ value }) => decodeDecided(value)))
    }
    return late
  }

  async close(): Promise<void> {
    await this.serving.close()
    this.#guard.close()
  }
}

export async function withPolicy(
  policy: SpeculativePolicy,
  use: (driver: SpeculativeDriver) => Promise<void>,
  more: Partial<ServingOptions> = {},
  limits: Partial<GuardOptions> = {},
): Promise<void> {
  const driver = await SpeculativeDriver.open(policy, more, limits)
  let failure: { readonly error: unknown } | undefined
  try {
    await use(driver)
  } catch (error) {
    failure = { error }
  }
  if (failure === undefined) return driver.close()
  await driver.close().catch(() => undefined)
  throw failure.error
}

/** A policy of these models, separated by blanks. */
export function policyOf(names: string, more: Partial<SpeculativePolicy> = {}): SpeculativePolicy {
  return { models: names.split(' ').map(model => ({ model })), budgetMs: 1500, decider: { kind: 'smartest' }, ...more }
}

/** Cause, score, and each model's part. */
export function brief({ status, score, decision }: Decided | undefined = {} as Decided): readonly unknown[] {
  return [status, score, decision?.cause, ...(decision?.models.map(({ name, part }) => `${name} ${part.toLowerCase()}`) ?? [])]
}
