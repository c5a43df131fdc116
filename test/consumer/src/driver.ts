import { jsonSerde, stringSerde } from 'sluice'
import { TopologyTestDriver } from 'sluice/testing'
import { wordCount, type WordCount } from './word-count.js'

/** The topology without a broker: the counts of some words. */
export async function countWithDriver(words: readonly string[]): Promise<readonly (WordCount | null)[]> {
  const driver = await TopologyTestDriver.open(wordCount({ words: 'words', counts: 'counts' }))
  for (const word of words) await driver.pipe('words', { key: 'k', value: word })
  const counts = driver.read('counts', { key: stringSerde, value: jsonSerde<WordCount>() })
  await driver.close()
  return counts.map(({ value }) => value)
}
