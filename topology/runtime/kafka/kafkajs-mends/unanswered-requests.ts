import type { Socket } from 'node:net'
import { every, nextTurn } from '../../../../base/index.ts'
import { type AddressedBroker, foundSilent, foundTalking, isSilent, onceSilent, patienceWith } from '../wire/index.ts'
import type { Mend } from './mend.ts'

type Request = (this: AskedBroker, ...parameters: readonly unknown[]) => Promise<unknown>

type AskedBroker = AddressedBroker & {
  readonly logger?: { error(message: string, fields: object): void }
  readonly connectionPool: { readonly pool: readonly { readonly socket?: Socket }[] }
}

/** Requests that a broker answers within milliseconds and that may be repeated. Fetches wait for records, but for less than a second. */
const prompt = [
  'apiVersions',
  'describeConfigs',
  'describeGroups',
  'fetch',
  'findGroupCoordinator',
  'heartbeat',
  'listGroups',
  'listOffsets',
  'metadata',
  'offsetFetch',
] as const
/**
 * Requests that a broker answers once its followers have the data: if there is no answer, a follower may be away instead of the broker. They may be
 * repeated, because brokers recognize repeated records by their sequence numbers. Requests of a transaction are not watched, because kafkajs'
 * transactional producer cannot continue after a lost connection.
 */
const replicated = ['leaveGroup', 'offsetCommit', 'produce'] as const

/**
 * Requests whose answers wait for other members. A broker answers the requests of a connection in order, so requests behind these are not answered
 * either, as long as no other connection shows that the broker is silent.
 */
const long = ['joinGroup', 'syncGroup'] as const

type Methods = { [name in (typeof prompt)[number] | (typeof replicated)[number] | (typeof long)[number]]: Request }

/**
 * Wraps the requests: a broker's connections are closed if it sends nothing for the time of `patienceWith` while one of the watched requests waits.
 */
export function closeWhenSilent(prototype: Methods): void {
  const waiting = new WeakMap<AskedBroker, number>()
  const isWaiting = (broker: AskedBroker): boolean => (waiting.get(broker) ?? 0) > 0
  for (const name of long) {
    const ask = prototype[name]
    prototype[name] = async function (...parameters) {
      const count = (change: number): unknown => waiting.set(this, (waiting.get(this) ?? 0) + change)
      count(1)
      const calm = onceSilent(this, () => closeIfSilent(this, name))
      try {
        return await ask.call(this, ...parameters)
      } finally {
        calm()
        count(-1)
      }
    }
  }
  const watched = (name: keyof Methods, tells: boolean): void => {
    const ask = prototype[name]
    const watch = { name, isWaiting, tells }
    prototype[name] = async function (...parameters) {
      if (isTransactional(parameters[0])) return ask.call(this, ...parameters)
      const end = watchSilence(this, watch)
      try {
        const answer = await ask.call(this, ...parameters)
        foundTalking(this)
        return answer
      } finally {
        end()
      }
    }
  }
  for (const name of prompt) watched(name, true)
  for (const name of replicated) watched(name, false)
}

function isTransactional(request: unknown): boolean {
  return typeof (request as { readonly transactionalId?: unknown } | undefined)?.transactionalId === 'string'
}

interface Watched {
  readonly name: string
  /** Whether the broker cannot answer, because a member waits for others. */
  readonly isWaiting: (broker: AskedBroker) => boolean
  /** Whether a missing answer means that the broker is silent. */
  readonly tells: boolean
}

/** Closes the broker's connections when nothing came from it for a period; returns what ends the watch. */
function watchSilence(broker: AskedBroker, { name, isWaiting, tells }: Watched): () => void {
  const timeMs = patienceWith(broker)
  const received = (): number => broker.connectionPool.pool.reduce((sum, { socket }) => sum + (socket?.bytesRead ?? 0), 0)
  let before = received()
  let ended = false
  const look = async (): Promise<void> => {
    // If this thread was blocked, bytes that arrived in the meantime are read first.
    await nextTurn()
    await nextTurn()
    if (ended) return
    const now = received()
    if (now === before && (!isWaiting(broker) || isSilent(broker))) {
      if (tells) foundSilent(broker)
      close(broker, `${name} was not answered: the broker sent nothing for ${timeMs} ms`)
    }
    before = now
  }
  const timer = every(timeMs, () => void look())
  const calm = onceSilent(broker, () => closeIfSilent(broker, name))
  return () => {
    ended = true
    timer.cancel()
    calm()
  }
}

function closeIfSilent(broker: AskedBroker, name: string): void {
  if (isSilent(broker)) close(broker, `${name} waits, and the broker was found silent`)
}

/** As if the broker had closed them: whatever asks it next looks for another one first. */
function close({ connectionPool, logger }: AskedBroker, reason: string): void {
  logger?.error(`${reason}, its connections are closed`, { broker: `${connectionPool.host}:${connectionPool.port}` })
  for (const { socket } of connectionPool.pool) socket?.destroy()
}

/**
 * The connections of a broker that is suspended, or whose network is interrupted, stay open. kafkajs waits 30 s for an answer, gives the request up,
 * and repeats it on the same connection. With this mend the connections are closed, so that the metadata are fetched from another broker, which knows
 * the new leaders and coordinators.
 */
export const unansweredRequestsMend: Mend = {
  defect: 'a request to a frozen broker waits for minutes',
  apply(modules) {
    closeWhenSilent((modules.load('src/broker/index.js') as { prototype: Methods }).prototype)
  },
}
