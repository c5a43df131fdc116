import type { LoadedModel } from '../models/index.ts'
import { type KeptModels, type ModelRoutes, type ModelVersion, racingVersions } from '../stores/index.ts'

const readyOf = new WeakMap<KeptModels, ReadyModels>()

/** Those of a store: the same for the processors of its task. */
export function readyModels(store: KeptModels): ReadyModels {
  const found = readyOf.get(store) ?? new ReadyModels()
  readyOf.set(store, found)
  return found
}

/** The key of a version that is loaded in a process of its own, to race; that of any other is its number. */
export function apart(version: number): number {
  return -version
}

/** A version that stays loaded, by its key, and in which role. */
interface HeldRole {
  readonly key: number
  readonly role: string
}

function heldRoles(routes: ModelRoutes, versions: readonly ModelVersion[]): readonly HeldRole[] {
  const { champion, challengers, shadows, fallback, steps, racers } = routes
  const of = (role: string, keys: readonly number[]): readonly HeldRole[] =>
    keys.filter(key => key !== 0).map(key => ({ key, role: `${role} ${key}` }))
  const numbers = (list: readonly { readonly version: number }[]): readonly number[] => list.map(({ version }) => version)
  if (racers.length > 0)
    return [
      ...of('champion', [champion]),
      ...of('racer', racingVersions(routes, versions).map(apart)),
      ...of('fallback', [apart(fallback)]),
    ]
  return [
    ...of('champion', [champion]),
    ...of('challenger', numbers(challengers)),
    ...of('step', numbers(steps)),
    ...of('shadow', shadows),
    ...of('fallback', [fallback]),
  ]
}

/** What stays loaded for the routes of a data type that keeps these versions. Those that race, and their fallback, are apart. */
export function heldFor(routes: ModelRoutes, versions: readonly ModelVersion[]): readonly number[] {
  return heldRoles(routes, versions).map(({ key }) => key)
}

/** What of that has its role by none of the routes before, and so has to be loaded before the routes are in force: what else cannot be loaded fails as it did. */
export function newlyHeld(
  routes: readonly ModelRoutes[],
  before: readonly ModelRoutes[],
  versions: readonly ModelVersion[],
): ReadonlySet<number> {
  const known = new Set(before.flatMap(each => heldRoles(each, versions)).map(({ role }) => role))
  return new Set(
    routes
      .flatMap(each => heldRoles(each, versions))
      .filter(({ role }) => !known.has(role))
      .map(({ key }) => key),
  )
}

/** Models that stay loaded as long as their versions have a role, so that the data processor need not load them again. */
export class ReadyModels {
  readonly #byType = new Map<string, Map<number, LoadedModel>>()

  /** A version is named by its number, or by `apart`. */
  has(dataType: string, version: number): boolean {
    return this.#byType.get(dataType)?.has(version) ?? false
  }

  /** Takes over the loaded model of a version. */
  hold(dataType: string, version: number, loaded: LoadedModel): void {
    const held = this.#byType.get(dataType) ?? new Map<number, LoadedModel>()
    this.#byType.set(dataType, held)
    const before = held.get(version)
    held.set(version, loaded)
    before?.release().catch(() => undefined)
  }

  /** Releases the data type's models of all other versions. */
  keepOnly(dataType: string, versions: readonly number[]): void {
    const held = this.#byType.get(dataType)
    if (held === undefined) return
    for (const [version, loaded] of held) {
      if (versions.includes(version)) continue
      held.delete(version)
      loaded.release().catch(() => undefined)
    }
    if (held.size === 0) this.#byType.delete(dataType)
  }

  async close(): Promise<void> {
    const all = [...this.#byType.values()].flatMap(held => [...held.values()])
    this.#byType.clear()
    await Promise.all(all.map(loaded => loaded.release()))
  }
}
