import type { RestoreProgress } from '../../topology/runtime/index.ts'
import { progressBar, type Progress, type TextStream } from '../output.ts'

/** Shows the restoration of all stores as one bar on a terminal. No bar elsewhere, and none for a restoration that is done at once. */
export class RestoreBar {
  readonly #stream: TextStream
  readonly #shares = new Map<string, number>()
  #bar: Progress | undefined

  constructor(stream: TextStream = process.stderr) {
    this.#stream = stream
  }

  update({ task, store, share, done }: RestoreProgress): void {
    this.#shares.set(`${task} ${store}`, done ? 1 : share)
    // A long restoration reports progress before it is done, a short one does not.
    if (!done) this.#bar ??= progressBar('% of the state restored', 100, this.#stream)
    const shares = [...this.#shares.values()]
    const percent = Math.floor((100 * shares.reduce((sum, each) => sum + each, 0)) / shares.length)
    this.#bar?.update(percent)
    if (shares.some(each => each < 1)) return
    this.#bar?.stop(percent)
    this.#bar = undefined
    this.#shares.clear()
  }
}
