import type { FrameReader } from './frame-reader.ts'
import { type HeadOutput, mostTextLength, mostTexts, type ScoresHead, scoresParts } from './scores-head.ts'

const mostOutputs = 65_536
/** The most characters of all texts of a message: each is a number there, and may be written out by whoever reads it. */
const mostCharacters = 2 ** 28

/** Reads what a `ScoresWriter` has written. A model may have taken its process over, and written anything: what is returned may be no scores (`checkedScores`). */
export class ScoresReader {
  #head: ScoresHead = { outputs: [], texts: [] }

  /** Throws where the message is none. */
  read(reader: FrameReader): unknown {
    const [length, parts] = [reader.whole(), reader.whole()]
    if ((parts & scoresParts.head) !== 0) this.#head = checkedHead(reader.value())
    const { outputs, texts } = this.#head
    let characters = 0
    const textOf = (place: number): string => {
      const text = texts[place]
      if (text === undefined || (characters += text.length) > mostCharacters) throw new RangeError('no such text, or too much text')
      return text
    }
    const textsOf = (count: number): string[] => Array.from(reader.numbers('Uint32Array', count), textOf)
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

/** Only what is visited here: an array may be of any length without having anything in it. */
function checkedHead(given: unknown): ScoresHead {
  const { outputs, texts } = given as ScoresHead
  const isSound = Array.isArray(outputs) && outputs.length <= mostOutputs && Array.isArray(texts) && texts.length <= mostTexts
  if (!isSound || !Array.from<unknown>(texts).every(isShort)) throw new RangeError('the head of the results is none')
  return { outputs, texts }
}

function isShort(text: unknown): boolean {
  return typeof text === 'string' && text.length <= mostTextLength
}
