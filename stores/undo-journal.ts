/** Something whose changes can be undone one by one, the last first. */
export interface Undoable {
  /** Sets `what` to `before`. */
  undo(what: unknown, before: unknown): void
}

/**
 * The changes of a task's state since `begin`, in order. Each has the value before, so that any last part of the changes can be undone. One
 * journal serves all stores of a task. While it does not record, `note` does nothing.
 */
export class UndoJournal {
  #targets: Undoable[] = []
  #whats: unknown[] = []
  #befores: unknown[] = []
  /** Indexes of changes that stay when changes around them are undone. */
  readonly #kept = new Set<number>()
  #recording = false

  /** Whether changes are noted. */
  get recording(): boolean {
    return this.#recording
  }

  /** Number of noted changes. */
  get length(): number {
    return this.#targets.length
  }

  /** Whether there are noted changes that can be undone. */
  get undoable(): boolean {
    return this.length > this.#kept.size
  }

  /** Drops all noted changes and records from now on. */
  begin(): void {
    this.#truncate(0)
    this.#recording = true
  }

  /** Drops all noted changes, which stay in effect, and stops recording. */
  end(): void {
    this.#truncate(0)
    this.#recording = false
  }

  /** Notes a change of `target`: `what` was `before` until now. */
  note(target: Undoable, what: unknown, before: unknown): void {
    if (!this.#recording) return
    this.#targets.push(target)
    this.#whats.push(what)
    this.#befores.push(before)
  }

  /** Undoes all changes after the first `length`. */
  undoTo(length: number): void {
    const kept: { target: Undoable; what: unknown; before: unknown }[] = []
    const recording = this.#recording
    this.#recording = false
    for (let at = this.length - 1; at >= length; at--) {
      const [target, what, before] = [this.#targets[at] as Undoable, this.#whats[at], this.#befores[at]]
      if (this.#kept.has(at)) kept.unshift({ target, what, before })
      // A value that a later kept change has overwritten must not come back.
      else if (!kept.some(change => change.target === target && change.what === what)) target.undo(what, before)
    }
    this.#truncate(length)
    this.#recording = recording
    for (const { target, what, before } of kept) {
      this.note(target, what, before)
      this.#kept.add(this.length - 1)
    }
  }

  /** Runs a step whose changes stay when changes around them are undone later, and when the step throws. */
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
