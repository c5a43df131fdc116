import type { Random } from '../random.ts'

interface Card {
  /** How often the kind is in one deck. */
  readonly cards: number
  /** Whom it hits: a broker, an instance, or the models that are published. */
  readonly hits: 'broker' | 'instance' | 'models'
  /** Only with so many brokers. */
  readonly brokers?: number
  /** It needs the network between the instances and the brokers; or what is preloaded into the instances. */
  readonly by?: 'network' | 'doors'
  readonly what: string
}

/** The kinds of faults. A run with as many faults as a deck has every kind. */
const cards = {
  kill: { cards: 3, hits: 'instance', what: 'an instance is killed (SIGKILL), and started again' },
  'kill-wipe': { cards: 1, hits: 'instance', what: 'the same, without its state directory' },
  terminate: { cards: 2, hits: 'instance', what: 'an instance is ended (SIGTERM), and started again' },
  freeze: { cards: 2, hits: 'instance', what: 'an instance is held (SIGSTOP) for longer than its session' },
  'broker-kill': { cards: 1, hits: 'broker', what: 'a broker is killed, and started again' },
  'broker-terminate': { cards: 1, hits: 'broker', what: 'a broker is ended, and started again' },
  'broker-stop': { cards: 1, hits: 'broker', what: 'a broker is held (SIGSTOP) for a while: connections stay, nothing is answered' },
  'leader-move': {
    cards: 2,
    hits: 'broker',
    brokers: 3,
    what: 'another broker leads a partition: of data, results, offsets, transactions',
  },
  'coordinator-kill': { cards: 1, hits: 'broker', brokers: 3, what: "the broker that coordinates the application's group is killed" },
  cut: { cards: 3, hits: 'instance', by: 'network', what: 'connections break at a request, before the broker has handled it or after' },
  delay: { cards: 2, hits: 'instance', by: 'network', what: 'a request, or its answer, comes late' },
  swallow: { cards: 2, hits: 'instance', by: 'network', what: 'a request, or its answer, never comes; the connection stays' },
  oneway: { cards: 2, hits: 'instance', by: 'network', what: 'nothing gets through in one direction, to one broker or all' },
  'send-fail': {
    cards: 1,
    hits: 'instance',
    by: 'doors',
    what: 'a broker refuses records for a while, some of them after it has written them',
  },
  'store-fail': { cards: 1, hits: 'instance', by: 'doors', what: 'writes to LevelDB fail for a while, some of them after they are made' },
  'disk-slow': { cards: 1, hits: 'instance', by: 'doors', what: 'writes to LevelDB are slow' },
  'disk-full': { cards: 1, hits: 'instance', what: 'an instance starts with a disk that is full, and later without' },
  'model-slow': { cards: 1, hits: 'models', what: 'models are published whose download is slow' },
  'model-fail': { cards: 1, hits: 'models', what: 'models are published whose download fails; each must become a dead letter' },
} as const satisfies Readonly<Record<string, Card>>

export type FaultKind = keyof typeof cards

export const deck: Readonly<Record<FaultKind, Card>> = cards

export const faultKinds = Object.keys(cards) as readonly FaultKind[]

/** The kinds that can happen with so many brokers. */
export function possibleFaults(kinds: readonly FaultKind[], brokers: number): readonly FaultKind[] {
  return kinds.filter(kind => brokers >= (deck[kind].brokers ?? 1))
}

/** Returns `count` faults, drawn from shuffled decks. */
export function drawFaults(count: number, random: Random, only: readonly FaultKind[] = faultKinds): FaultKind[] {
  const all = only.flatMap(kind => Array.from({ length: deck[kind].cards }, () => kind))
  const drawn: FaultKind[] = []
  while (drawn.length < count) drawn.push(...random.shuffled(all))
  return drawn.slice(0, count)
}
