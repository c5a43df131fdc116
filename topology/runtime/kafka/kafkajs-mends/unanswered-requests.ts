import type { Socket } from 'node:net'
import { every, nextTurn } from '../../../../base/index.ts'
import type { Mend } from './mend.ts'

type Request = (this: AskedBroker, ...parameters: readonly unknown[]) => Promise<unknown>

interface AskedBroker {
  readonly connectionPool: { readonly pool: readonly { readonly socket?: Socket }[] }
}

/** What a broker answers within milliseconds, and what may be asked again. Fetches wait for records, but for less than a second. */
const prompt = [
  'apiVersions',
  'fetch',
  'findGroupCoordinator',
  'heartbeat',
  'listOffsets',
  'metadata',
  'offsetCommit',
  'offsetFetch',
] as const
/** How long a broker may keep silent to such a request, ms. By default a cluster takes 9 s to go on without a broker that froze. */
const silentMs = 5000

/** What waits for other members. A broker answers one request of a connection after the other: nothing is answered behind these. */
const long = ['joinGroup', 'syncGroup'] as const

type Methods = { [name in (typeof prompt)[number] | (typeof long)[number]]: Request }

/** Makes these requests close their broker's connections when nothing comes from it for so long. */
export function closeWhenSilent(prototype: Methods, timeMs = silentMs): void {
  const waiting = new WeakMap<AskedBroker, number>()
  const isWaiting = (broker: AskedBroker): boolean => (waiting.get(broker) ?? 0) > 0
  for (const name of long) {
    const ask = prototype[name]
    prototype[name] = async function (...parameters) {
      const count = (change: number): unknown => waiting.set(this, (waiting.get(this) ?? 0) + change)
      count(1)
      try {
        return await ask.call(this, ...parameters)
      } finally {
        count(-1)
      }
    }
  }
  for (const name of prompt) {
    const ask = prototype[name]
    prototype[name] = async function (...parameters) {
      if (isTransactional(parameters[0])) return ask.call(this, ...parameters)
      const end = watchSilence(this, timeMs, isWaiting)
      try {
        return await ask.call(this, ...parameters)
      } finally {
        end()
      }
    }
  }
}

function isTransactional(request: unknown): boolean {
  return typeof (request as { readonly transactionalId?: unknown } | undefined)?.transactionalId === 'string'
}

/** Closes the broker's connections when nothing came from it for a period; returns what ends the watch. */
function watchSilence(broker: AskedBroker, timeMs: number, isWaiting: (broker: AskedBroker) => boolean): () => void {
  const received = (): number => broker.connectionPool.pool.reduce((sum, { socket }) => sum + (socket?.bytesRead ?? 0), 0)
  let before = received()
  let ended = false
  const look = async (): Promise<void> => {
    // After a time in which this thread was held up, what came meanwhile is read before it is judged.
    await nextTurn()
    await nextTurn()
    if (ended) return
    const now = received()
    if (now === before && !isWaiting(broker)) close(broker, timeMs)
    before = now
  }
  const timer = every(timeMs, () => void look())
  return () => {
    ended = true
    timer.cancel()
  }
}

function close({ connectionPool }: AskedBroker, timeMs: number): void {
  for (const { socket } of connectionPool.pool) socket?.destroy(new Error(`the broker sent nothing for ${timeMs} ms`))
}

/**
 * A broker that is suspended, or cut off without a word, keeps its connections. kafkajs waits 30 s for an answer, forgets the request, and asks again on the
 * same connection. Here it is closed, so that the metadata are asked of another broker, which knows the new leaders and coordinators.
 */
export const unansweredRequestsMend: Mend = {
  defect: 'a broker that has frozen is asked for minutes',
  apply(modules) {
    closeWhenSilent((modules.load('src/broker/index.js') as { prototype: Methods }).prototype)
  },
}
