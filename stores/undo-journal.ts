/** Something whose changes can be taken back one by one, the last first. */
export interface Undoable {
  /** Makes `what` what it was before. */
  undo(what: unknown, before: unknown): void
}

/**
 * The changes of a task's state since `begin`, in order: each says what was there before, so that any last part of them can be taken back. One
 * journal serves all stores of a task; while it does not record, noting costs nothing.
 */
export class UndoJournal {
  #targets: Undoable[] = []
  #whats: unknown[] = []
  #befores: unknown[] = []
  /** Indexes of changes that stay, whatever around them is taken back. */
  readonly #kept = new Set<number>()
  #recording = false

  /** Whether changes are noted. */
  get recording(): boolean {
    return this.#recording
  }

  /** How many changes are noted. */
  get length(): number {
    return this.#targets.length
  }

  /** Forgets what was before: from here on changes can be taken back. */
  begin(): void {
    this.#truncate(0)
    this.#recording = true
  }

  /** All changes stay. */
  end(): void {
    this.#truncate(0)
    this.#recording = false
  }

  /** A change of `target`: `what` was `before` until now. */
  note(target: Undoable, what: unknown, before: unknown): void {
    if (!this.#recording) return
    this.#targets.push(target)
    this.#whats.push(what)
    this.#befores.push(before)
  }

  /** Takes back what came after the first `length` changes. */
  undoTo(length: number): void {
    const kept: { target: Undoable; what: unknown; before: unknown }[] = []
    const recording = this.#recording
    this.#recording = false
    for (let at = this.length - 1; at >= length; at--) {
      const [target, what, before] = [this.#targets[at] as Undoable, this.#whats[at], this.#befores[at]]
      if (this.#kept.has(at)) kept.unshift({ target, what, before })
      // What a kept change has overwritten is not to be seen again.
      else if (!kept.some(change => change.target === target && change.what === what)) target.undo(what, before)
    }
    this.#truncate(length)
    this.#recording = recording
    for (const { target, what, before } of kept) {
      this.note(target, what, before)
      this.#kept.add(this.length - 1)
    }
  }

  /** Runs a step whose changes stay, also among others that are taken back later, and when it throws. */
  apart(step: () => void): void {
    const start = this.length
    try {
      step()
    } finally {
      for (let at = start; at < this.length; at++) this.#kept.add(at)
    }
  }

  #truncate(length: number): void {
    this.#targets.length = length
    this.#whats.length = length
    this.#befores.length = length
    for (const at of this.#kept) if (at >= length) this.#kept.delete(at)
  }
}
