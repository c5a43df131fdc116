import type { Producer } from 'kafkajs'
import type { KafkaJsModules, Mend } from './mend.ts'

/** What became of the last transaction of a transactional id, or is bound to: 'none' where there was none, or the broker cannot tell (before Kafka 3.0). */
export type TransactionOutcome = 'committed' | 'aborted' | 'none'

export interface TouchedPartitions {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number }[]
}

/** What a transactional producer knows of the transaction before its first one, which may have been another producer's. */
export interface FormerTransaction {
  readonly outcome: TransactionOutcome
  /** Makes partitions part of the running transaction without a record: its marker comes to them too. */
  touch(topics: readonly TouchedPartitions[]): Promise<void>
}

interface Manager {
  initProducerId(): Promise<void>
  addPartitionsToTransaction(topics: readonly TouchedPartitions[]): Promise<void>
}

interface Coordinator {
  readonly versions: Readonly<Record<number, unknown>> | null
  readonly connectionPool: { send(protocol: object): Promise<unknown> }
}

interface EosOptions {
  readonly cluster: { findGroupCoordinator(query: { groupId: string; coordinatorType: number }): Promise<Coordinator> }
  readonly transactional: boolean
  readonly transactionalId: string
}

type WithFormer = Producer & { former?(): FormerTransaction | undefined }

/** Known from the producer's first transaction on. */
export function formerTransaction(producer: Producer): FormerTransaction | undefined {
  return (producer as WithFormer).former?.()
}

const describeTransactions = 65
const transactionCoordinator = 1
/** Kafka's codes for a coordinator that is loading, not there, or another one by now; and for an id that has no transaction. */
const passing: ReadonlySet<number> = new Set([14, 15, 16])
const unknownId = 105
const retryMs = 20
const maxTries = 500

/** The outcome by the coordinator's name for the transaction's state (KIP-664). What is ongoing is aborted when the next producer begins. */
export function outcomeOf(state: string): TransactionOutcome {
  if (state === 'PrepareCommit' || state === 'CompleteCommit') return 'committed'
  return state === 'Dead' ? 'none' : 'aborted'
}

interface Encoder {
  writeInt8(value: number): Encoder
  writeUVarInt(value: number): Encoder
  writeUVarIntString(value: string): Encoder
}

interface Decoder {
  readInt8(): number
  readInt16(): number
  readInt32(): number
  readUVarInt(): number
  readUVarIntString(): string
}

interface Described {
  readonly code: number
  readonly state: string
}

/** DescribeTransactions, version 0, of one id. The tags of the flexible headers, of which there are none, are written and read with the bodies. */
function describing(modules: KafkaJsModules, transactionalId: string): object {
  const [MakeEncoder, MakeDecoder] = [
    modules.load('src/protocol/encoder.js') as new () => Encoder,
    modules.load('src/protocol/decoder.js') as new (bytes: Buffer) => Decoder,
  ]
  return {
    request: {
      apiKey: describeTransactions,
      apiVersion: 0,
      apiName: 'DescribeTransactions',
      encode: () => new MakeEncoder().writeInt8(0).writeUVarInt(2).writeUVarIntString(transactionalId).writeInt8(0),
    },
    response: {
      decode: (bytes: Buffer): Described => {
        const decoder = new MakeDecoder(bytes)
        decoder.readInt8()
        decoder.readInt32()
        decoder.readUVarInt()
        const code = decoder.readInt16()
        decoder.readUVarIntString()
        return { code, state: decoder.readUVarIntString() }
      },
      parse: (described: Described) => described,
    },
  }
}

async function formerOutcome(modules: KafkaJsModules, { cluster, transactionalId }: EosOptions): Promise<TransactionOutcome> {
  for (let tries = 1; ; tries++) {
    const coordinator = await cluster.findGroupCoordinator({ groupId: transactionalId, coordinatorType: transactionCoordinator })
    if (coordinator.versions?.[describeTransactions] === undefined) return 'none'
    const { code, state } = (await coordinator.connectionPool.send(describing(modules, transactionalId))) as Described
    if (code === 0) return outcomeOf(state)
    if (code === unknownId) return 'none'
    if (!passing.has(code) || tries === maxTries) {
      const errors = modules.load('src/protocol/error.js') as { readonly createErrorFromCode: (code: number) => Error }
      throw errors.createErrorFromCode(code)
    }
    await new Promise(resolve => setTimeout(resolve, retryMs))
  }
}

/**
 * A producer takes over a transactional id without a word about what was last done under it. Who has to make up for a broker that forgot to end that
 * transaction in some partition (seen with Kafka 4.3.1, when it was stopped meanwhile) has to know how it ended.
 */
export const formerTransactionMend: Mend = {
  defect: 'a producer cannot tell how the transaction before its first one ended',
  apply(modules) {
    const managers = new WeakMap<object, FormerTransaction>()
    const manager = 'src/producer/eosManager/index.js'
    const createManager = modules.load(manager) as (options: EosOptions) => Manager
    modules.replace(manager, (options: EosOptions) => {
      const made = createManager(options)
      if (!options.transactional) return made
      return {
        ...made,
        async initProducerId() {
          const outcome = await formerOutcome(modules, options)
          await made.initProducerId()
          managers.set(options.cluster, { outcome, touch: topics => made.addPartitionsToTransaction(topics) })
        },
      }
    })
    const producer = 'src/producer/index.js'
    const createProducer = modules.load(producer) as (options: { readonly cluster: object }) => Producer
    modules.replace(producer, (options: { readonly cluster: object }): WithFormer => ({
      ...createProducer(options),
      former: () => managers.get(options.cluster),
    }))
  },
}
