import { env } from '../../../../base/index.ts'

/** A broker, identified by the address of its connections. */
export interface AddressedBroker {
  readonly connectionPool: { readonly host?: string; readonly port?: number }
}

/**
 * How long a broker may send nothing while a request waits that is usually answered at once, ms. By default a cluster needs 9 s to replace a broker
 * that has frozen.
 */
const patienceMs = 5000
/** The same for a silent broker, ms. */
const shortPatienceMs = 1000
/** How long a broker counts as silent after its last unanswered request, ms. */
const forgottenMs = 60_000

/** What requests that wait for an answer of a broker do when it is found silent, by address. */
const waiting = new Map<string, Set<() => void>>()

/** When brokers became silent, by address and `env.monotonic`; shared by all clients of this thread. */
const silent = new Map<string, number>()

const addressOf = ({ connectionPool: { host, port } }: AddressedBroker): string => `${host}:${port}`

/** How long to wait for an answer of this broker, ms. */
export function patienceWith(broker: AddressedBroker): number {
  return isSilent(broker) ? shortPatienceMs : patienceMs
}

/**
 * Calls `late` when a request that is sent now is not answered in time: for the time of `patienceWith`, or, if the broker is found silent in the meantime
 * because of another request, for the time that a silent broker has from then on. It may be called twice. Returns what ends this.
 */
export function watchAnswer(broker: AddressedBroker, late: () => void): () => void {
  const timers = [env.timer(patienceWith(broker), late)]
  const address = addressOf(broker)
  const hurry = (): void => void timers.push(env.timer(shortPatienceMs, late))
  const requests = waiting.get(address) ?? new Set()
  waiting.set(address, requests.add(hurry))
  return () => {
    for (const timer of timers) timer.cancel()
    requests.delete(hurry)
  }
}

/** Notes that the broker sent nothing for the time of `patienceWith`: other brokers are tried first for a minute, and requests to it wait less. */
export function foundSilent(broker: AddressedBroker): void {
  const known = isSilent(broker)
  const address = addressOf(broker)
  silent.set(address, env.monotonic())
  if (!known) for (const hurry of waiting.get(address) ?? []) hurry()
}

/** Notes that the broker has answered. */
export function foundTalking(broker: AddressedBroker): void {
  if (silent.size > 0) silent.delete(addressOf(broker))
}

export function isSilent(broker: AddressedBroker): boolean {
  const since = silent.size === 0 ? undefined : silent.get(addressOf(broker))
  return since !== undefined && env.monotonic() - since < forgottenMs
}
