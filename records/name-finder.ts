import { bareName, plainName } from './plain-name.ts'

/** How alike a name has to be: the same but for case, spaces and underscores, or but for all that is no letter or digit. */
export type Likeness = 'plain' | 'bare'

const likenesses = { plain: plainName, bare: bareName } as const

/**
 * Finds things by their names. The very name goes first, always; what has the very name of something else that is wanted is found by that alone.
 * It answers with all that a name can mean: none, one, or several, which nobody may choose from silently.
 */
export class NameFinder {
  readonly #names: readonly string[]
  readonly #wanted: ReadonlySet<string>
  readonly #exact: ReadonlyMap<string, readonly number[]>
  readonly #alike = new Map<Likeness, ReadonlyMap<string, readonly number[]>>()

  /** `wanted`: every name that will be looked for. */
  constructor(names: readonly string[], wanted: Iterable<string>) {
    this.#names = names
    this.#wanted = new Set(wanted)
    this.#exact = grouped(names.entries())
  }

  /** The places of the things with the very name. */
  exactly(name: string): readonly number[] {
    return this.#exact.get(name) ?? []
  }

  /** The places of the things that have the very name, else of those that have one like it. */
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
