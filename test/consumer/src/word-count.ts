import { jsonSerde, keyValueStore, stringSerde, Topology, type KeyValueStore, type Processor, type ProcessorContext } from 'sluice'
import { CountStore, countStore } from './count-store.js'

/** The counts for a word: how often it occurred, and how often words of its length occurred. */
export interface WordCount {
  readonly word: string
  readonly count: number
  readonly ofItsLength: number
}

export interface WordCountTopics {
  readonly words: string
  readonly counts: string
}

/** Counts words by key in a key-value store, and by their length in a store of one's own. */
export function wordCount({ words, counts }: WordCountTopics): Topology {
  return new Topology()
    .addSource('words', words, { key: stringSerde, value: stringSerde })
    .addProcessor('count', counter, 'words')
    .addStateStore(keyValueStore({ name: 'by-word', key: stringSerde, value: jsonSerde<number>() }), 'count')
    .addStateStore(countStore('by-length'), 'count')
    .addSink('counts', counts, { key: stringSerde, value: jsonSerde<WordCount>() }, 'count')
}

function counter(): Processor<string, string, string, WordCount> {
  let context: ProcessorContext<string, WordCount>
  let byWord: KeyValueStore<string, number>
  let byLength: CountStore
  return {
    init(given) {
      context = given
      byWord = given.getStateStore('by-word')
      byLength = given.getStateStore('by-length')
    },
    process(record) {
      const count = (byWord.get(record.value) ?? 0) + 1
      byWord.put(record.value, count)
      const ofItsLength = byLength.add(String(record.value.length), 1)
      return context.forward({ ...record, value: { word: record.value, count, ofItsLength } })
    },
  }
}
