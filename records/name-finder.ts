import { bareName, plainName } from './plain-name.ts'

/** How similar names must be: `plain` ignores case, spaces and underscores; `bare` ignores case and all but letters and digits. */
export type Likeness = 'plain' | 'bare'

const likenesses = { plain: plainName, bare: bareName } as const

/**
 * Finds items by name. An exact match comes first; an item whose name is exactly another wanted name is found by that name only.
 * Returns all matches: none, one or several. The caller must not choose among several silently.
 */
export class NameFinder {
  readonly #names: readonly string[]
  readonly #wanted: ReadonlySet<string>
  readonly #exact: ReadonlyMap<string, readonly number[]>
  readonly #alike = new Map<Likeness, ReadonlyMap<string, readonly number[]>>()

  /** `names`: the names of the items; `wanted`: every name that will be looked for. */
  constructor(names: readonly string[], wanted: Iterable<string>) {
    this.#names = names
    this.#wanted = new Set(wanted)
    this.#exact = grouped(names.entries())
  }

  /** The indexes of the items with exactly this name. */
  exactly(name: string): readonly number[] {
    return this.#exact.get(name) ?? []
  }

  /** The indexes of the items with exactly this name or, if there are none, with a similar name. */
  find(name: string, likeness: Likeness = 'plain'): readonly number[] {
    const same = this.exactly(name)
    return same.length > 0 ? same : this.alike(name, likeness)
  }

  alike(name: string, likeness: Likeness): readonly number[] {
    let known = this.#alike.get(likeness)
    if (known === undefined) {
      const free = [...this.#names.entries()].filter(([, other]) => !this.#wanted.has(other))
      known = grouped(free.map(([at, other]): [number, string] => [at, likenesses[likeness](other)]))
      this.#alike.set(likeness, known)
    }
    const key = likenesses[likeness](name)
    return key === '' ? [] : (known.get(key) ?? [])
  }
}

function grouped(names: Iterable<readonly [number, string]>): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>()
  for (const [at, name] of names) {
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [at])
    else group.push(at)
  }
  return groups
}
