import {
  keyValueStore,
  stringSerde,
  Topology,
  type KeyValueStore,
  type Processor,
  type ProcessorContext,
  type StreamRecord,
} from '../../index.ts'

type Text = StreamRecord<string, string>

/** Splits lines into words. Each word is its own key, so all records of a word reach the same task, whichever partition the line came from. */
class Splitter implements Processor<string, string, string, string> {
  #context!: ProcessorContext<string, string>

  init(context: ProcessorContext<string, string>): void {
    this.#context = context
  }

  async process(line: Text): Promise<void> {
    for (const word of line.value.toLowerCase().match(/\p{L}+/gu) ?? []) await this.#context.forward({ ...line, key: word, value: word })
  }
}

/** Counts each word and forwards the new count. */
class Counter implements Processor<string, string, string, string> {
  #context!: ProcessorContext<string, string>
  #counts!: KeyValueStore<string, string>

  init(context: ProcessorContext<string, string>): void {
    this.#context = context
    this.#counts = context.getStateStore('counts')
  }

  process(word: Text): void | Promise<void> {
    const count = String(Number(this.#counts.get(word.key) ?? 0) + 1)
    this.#counts.put(word.key, count)
    return this.#context.forward({ ...word, value: count })
  }
}

/** lines ─▶ splitter ─▶ words ─▶ counter (counts) ─▶ word-counts */
export function wordCount(): Topology {
  const texts = { key: stringSerde, value: stringSerde }
  return new Topology()
    .addSource('lines', 'lines', texts)
    .addProcessor('splitter', () => new Splitter(), 'lines')
    .addSink('split', 'words', texts, 'splitter')
    .addSource('words', 'words', texts)
    .addProcessor('counter', () => new Counter(), 'words')
    .addStateStore(keyValueStore({ name: 'counts', ...texts }), 'counter')
    .addSink('counted', 'word-counts', texts, 'counter')
}
