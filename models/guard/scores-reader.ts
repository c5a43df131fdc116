import type { FrameReader } from './frame-reader.ts'
import { type HeadOutput, type ScoresHead, scoresParts } from './scores-head.ts'

/** Reads what a `ScoresWriter` has written. A model may have taken its process over, and written anything: what is returned may be no scores (`checkedScores`). */
export class ScoresReader {
  #head: ScoresHead = { outputs: [], texts: [] }

  /** Throws where the message is none. */
  read(reader: FrameReader): unknown {
    const [length, parts] = [reader.whole(), reader.whole()]
    if ((parts & scoresParts.head) !== 0) this.#head = reader.value() as ScoresHead
    const { outputs, texts } = this.#head
    const textsOf = (count: number): unknown[] => Array.from(reader.numbers('Uint32Array', count), place => texts[place])
    const columnOf = ({ name, width, shape, values, exact }: HeadOutput): object => {
      const count = length * width
      const column =
        values === 'texts'
          ? { name, kind: 'text', width, shape, values: textsOf(count) }
          : { name, kind: 'number', width, shape, values: reader.numbers(values, count) }
      return exact === undefined ? column : { ...column, exact: reader.numbers(exact, count) }
    }
    const flags = (part: number): Uint8Array | undefined => ((parts & part) === 0 ? undefined : reader.numbers('Uint8Array', length))
    return {
      length,
      score: reader.numbers('Float64Array', length),
      outputs: outputs.map(columnOf),
      labels: (parts & scoresParts.labels) === 0 ? undefined : textsOf(length),
      noResult: flags(scoresParts.noResult),
      ...((parts & scoresParts.blank) === 0 ? {} : { blank: flags(scoresParts.blank) }),
    }
  }
}
