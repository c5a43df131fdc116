import { env } from '../../../../base/index.ts'

/** A broker, by the address of its connections. */
export interface AddressedBroker {
  readonly connectionPool: { readonly host?: string; readonly port?: number }
}

/** How long a broker may keep silent to a request that it answers at once, ms. By default a cluster takes 9 s to go on without a broker that froze. */
const patienceMs = 5000
/** The same for one that has not said a word since it was left. */
const shortPatienceMs = 1000
/** After so long without being asked, a silent broker is as good as any other, ms. */
const forgottenMs = 60_000

/** When brokers were left because nothing came from them, by address; of all clients of this thread. */
const silent = new Map<string, number>()

const addressOf = ({ connectionPool: { host, port } }: AddressedBroker): string => `${host}:${port}`

/** How long an answer of this broker is to be waited for, ms. */
export function patienceWith(broker: AddressedBroker): number {
  return isSilent(broker) ? shortPatienceMs : patienceMs
}

/** Nothing came from the broker for as long as it was waited for: others are asked first from now on. */
export function foundSilent(broker: AddressedBroker): void {
  silent.set(addressOf(broker), env.monotonic())
}

/** The broker has answered. */
export function foundTalking(broker: AddressedBroker): void {
  if (silent.size > 0) silent.delete(addressOf(broker))
}

export function isSilent(broker: AddressedBroker): boolean {
  const since = silent.size === 0 ? undefined : silent.get(addressOf(broker))
  return since !== undefined && env.monotonic() - since < forgottenMs
}
