import { env, type Timer } from '../../../../base/index.ts'

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
/**
 * The same for a request that waits for replicas or for the transaction's coordinator, after one of its kind was not answered in time, ms: its broker may
 * be well, and sends the answer only if it is asked again after another broker has replaced the frozen one.
 */
const repeatedPatienceMs = 1500
/** How long such requests wait so, ms; then the broker itself is taken for slow. */
const repeatedForMs = 10_000
/** How long a broker counts as silent after its last unanswered request, ms. */
const forgottenMs = 60_000

/** What requests that wait for an answer of a broker do when it is found silent, by address. */
const waiting = new Map<string, Set<() => void>>()

/** When brokers became silent, by address and `env.monotonic`; shared by all clients of this thread. */
const silent = new Map<string, number>()

/** When a request that waits for replicas was first not answered in time since the last one that was, by address and name, and `env.monotonic`. */
const unanswered = new Map<string, number>()

const addressOf = ({ connectionPool: { host, port } }: AddressedBroker): string => `${host}:${port}`

/** How long to wait for an answer of this broker, ms. `replicated` is the name of a request whose answer waits for replicas. */
export function patienceWith(broker: AddressedBroker, replicated?: string): number {
  if (isSilent(broker)) return shortPatienceMs
  const since = replicated === undefined ? undefined : unanswered.get(addressOf(broker) + replicated)
  return since !== undefined && env.monotonic() - since < repeatedForMs ? repeatedPatienceMs : patienceMs
}

/**
 * Calls `late` when a request that is sent now is not answered in time: for the time of `patienceWith`, or, if the broker is found silent in the meantime
 * because of another request, for the time that a silent broker has from then on. It may be called twice. Returns what ends this.
 */
export function watchAnswer(broker: AddressedBroker, late: () => void, replicated?: string): () => void {
  const address = addressOf(broker)
  const missed = (): void => {
    if (replicated !== undefined && !unanswered.has(address + replicated)) unanswered.set(address + replicated, env.monotonic())
    late()
  }
  const timer = isSilent(broker) ? undefined : env.timer(patienceWith(broker, replicated), missed)
  const calm = onceSilent(broker, late)
  return () => {
    timer?.cancel()
    calm()
  }
}

/**
 * Calls `late` when the broker is or was found silent, because of any request, and the time has passed for which one waits for a silent broker. Returns
 * what ends this.
 */
export function onceSilent(broker: AddressedBroker, late: () => void): () => void {
  const address = addressOf(broker)
  const timers: Timer[] = []
  const hurry = (): void => void timers.push(env.timer(shortPatienceMs, late))
  const requests = waiting.get(address) ?? new Set()
  waiting.set(address, requests.add(hurry))
  if (isSilent(broker)) hurry()
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

/** Notes that the broker has answered, and which request if that waited for replicas. */
export function foundTalking(broker: AddressedBroker, replicated?: string): void {
  if (silent.size > 0) silent.delete(addressOf(broker))
  if (replicated !== undefined && unanswered.size > 0) unanswered.delete(addressOf(broker) + replicated)
}

export function isSilent(broker: AddressedBroker): boolean {
  const since = silent.size === 0 ? undefined : silent.get(addressOf(broker))
  return since !== undefined && env.monotonic() - since < forgottenMs
}
