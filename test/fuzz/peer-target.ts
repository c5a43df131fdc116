import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { PeerListener } from '../../topology/runtime/failover/peer-listener.ts'
import { helloLine, type PeerIdentity } from '../../topology/runtime/failover/peer-protocol.ts'
import type { FuzzKind, FuzzTarget, Outcome } from './fuzz-target.ts'
import { type Dice, mutated, mutateText } from './mutate.ts'

const key = Buffer.alloc(32, 7)
const here: PeerIdentity = { applicationId: 'app', instance: 'here', boot: 'b' }
const other: PeerIdentity = { applicationId: 'app', instance: 'other', boot: 'c' }
const seal = { key, nonce: 'nonce' }
const answerMs = 1000

interface Listening {
  readonly listener: PeerListener
  readonly hello: string
}

/** Mutants of hellos at the peer port, with and without a token; an instance that knows it is answered all the same. */
class PeerTarget implements FuzzTarget {
  readonly #listeners: readonly Listening[]

  constructor(listeners: readonly Listening[]) {
    this.#listeners = listeners
  }

  async attack(dice: Dice): Promise<Outcome> {
    const { listener, hello } = dice.of(this.#listeners)
    const strangers = await Promise.all(Array.from({ length: 1 + dice.below(4) }, () => opened(listener.port)))
    for (const socket of strangers) socket.write(mutated(Buffer.from(hello), mutateText, dice))
    const known = await opened(listener.port)
    known.write(hello)
    const answer = await Promise.race([once(known, 'data'), new Promise<undefined>(resolve => setTimeout(resolve, answerMs, undefined))])
    for (const socket of [known, ...strangers]) socket.destroy()
    if (answer === undefined) throw new Error('an instance got no answer to its hello')
    if (!String(answer[0]).includes('"instance":"here"')) throw new Error(`an instance got ${String(answer[0])}`)
    return 'refused'
  }

  async close(): Promise<void> {
    for (const { listener } of this.#listeners) await listener.close()
  }
}

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

export const peers: FuzzKind = {
  mostMs: 10_000,
  open: async () =>
    new PeerTarget([
      { listener: await PeerListener.open(here, '127.0.0.1'), hello: helloLine(other, 'here') },
      { listener: await PeerListener.open(here, '127.0.0.1', { keys: () => [key] }), hello: helloLine(other, 'here', seal) },
    ]),
}
