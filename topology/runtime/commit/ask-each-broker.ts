import { messageOf, pause } from '../../../base/index.ts'
import type { Cluster } from '../kafka/index.ts'
import type { WireBroker } from '../kafka/wire/index.ts'

/** How long to wait for brokers that do not answer or are loading, ms. */
export const listingMs = 2000

/** Methods of kafkajs' cluster that its types lack. */
interface WithNodes {
  getNodeIds(): readonly string[]
  findBroker(query: { readonly nodeId: string }): Promise<WireBroker>
}

export interface BrokersAnswers<T> {
  readonly answers: readonly T[]
  /** The brokers that have not answered in time, and why: what they alone know is missing. Empty: nothing is. */
  readonly unanswered: readonly string[]
}

/** Asks each of the brokers once, by default all of them. Those that are away hold up the others' answers for two seconds at most. */
export async function askEachBroker<T>(
  cluster: Cluster,
  ask: (broker: WireBroker, nodeId: string) => Promise<T>,
  nodeIds?: Iterable<string>,
): Promise<BrokersAnswers<T>> {
  const nodes = cluster as unknown as WithNodes
  const over = new AbortController()
  const told = await Promise.all(
    [...(nodeIds ?? nodes.getNodeIds())].map(nodeId => {
      const asked = async (): Promise<{ readonly answer: T }> => ({ answer: await ask(await nodes.findBroker({ nodeId }), nodeId) })
      const missed = (why: string): string => `broker ${nodeId}: ${why}`
      return Promise.race([
        asked().catch((error: unknown) => missed(messageOf(error))),
        pause(listingMs, over.signal).then(() => missed(`no answer in ${listingMs} ms`)),
      ])
    }),
  )
  over.abort()
  return {
    answers: told.flatMap(each => (typeof each === 'string' ? [] : [each.answer])),
    unanswered: told.filter(each => typeof each === 'string'),
  }
}
