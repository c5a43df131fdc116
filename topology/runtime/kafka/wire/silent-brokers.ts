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

/** When brokers became silent, by address and `env.monotonic`; shared by all clients of this thread. */
const silent = new Map<string, number>()

const addressOf = ({ connectionPool: { host, port } }: AddressedBroker): string => `${host}:${port}`

/** How long to wait for an answer of this broker, ms. */
export function patienceWith(broker: AddressedBroker): number {
  return isSilent(broker) ? shortPatienceMs : patienceMs
}

/** Notes that the broker sent nothing for the time of `patienceWith`: other brokers are tried first for a minute. */
export function foundSilent(broker: AddressedBroker): void {
  silent.set(addressOf(broker), env.monotonic())
}

/** Notes that the broker has answered. */
export function foundTalking(broker: AddressedBroker): void {
  if (silent.size > 0) silent.delete(addressOf(broker))
}

export function isSilent(broker: AddressedBroker): boolean {
  const since = silent.size === 0 ? undefined : silent.get(addressOf(broker))
  return since !== undefined && env.monotonic() - since < forgottenMs
}
