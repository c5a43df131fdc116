import type { Client, Writer } from './client.ts'
import { patiently } from './client.ts'

/** Requests for the exchanges. Each function returns the parts of the answer that are compared. */
export async function makeTopic(
  client: Client,
  name: string,
  config: Readonly<Record<string, string>> = {},
  partitions = 1,
): Promise<void> {
  const configs = Object.entries(config).map(([key, value]) => ({ name: key, value }))
  await client.ask('createTopics', 3, {
    topics: [{ name, partitions, replication: 1, assignments: [], configs }],
    timeoutMs: 10_000,
    validateOnly: false,
  })
  // The metadata name a new topic before its leader knows of it.
  await patiently(
    client,
    () => fetch(client, name, 0),
    ({ error }) => error,
  )
}

const fresh = { producerId: -1, epoch: -1 }

/** Initializes a transactional id, and asks again until the coordinator assigns it. */
export async function take(
  client: Client,
  transactionalId: string,
  from: Pick<Writer, 'producerId' | 'epoch'> = fresh,
  timeoutMs = 60_000,
) {
  await coordinator(client, transactionalId, 1)
  return patiently(
    client,
    () => client.ask('initProducerId', 4, { transactionalId, timeoutMs, producerId: from.producerId, epoch: from.epoch }),
    ({ error }) => error,
  )
}

/** Resolves once the coordinator answers: internal topics are made when they are first needed. */
export async function coordinator(client: Client, key: string, type: 0 | 1): Promise<void> {
  await patiently(
    client,
    () => client.ask('findCoordinator', 2, { key, type }),
    ({ error }) => error,
  )
  const described = async (): Promise<number> =>
    type === 1
      ? (await client.ask('describeTransactions', 0, { transactionalIds: [key] })).transactions[0]!.error
      : (await client.ask('describeGroups', 2, { groups: [key], rights: false })).groups[0]!.error
  await patiently(client, described, error => error)
}

export async function end(client: Client, version: number, { transactionalId = '', producerId, epoch }: Writer, committed: boolean) {
  return client.ask('endTxn', version, { transactionalId, producerId, epoch, committed })
}

/** The state of the last transaction of a transactional id. */
export async function state(
  client: Client,
  transactionalId: string,
): Promise<{ readonly state: string; readonly epoch: number; readonly partitions: number }> {
  const { transactions } = await client.ask('describeTransactions', 0, { transactionalIds: [transactionalId] })
  const found = transactions[0]!
  const partitions = found.topics.reduce((sum, topic) => sum + topic.partitions.length, 0)
  return { state: found.state, epoch: found.epoch, partitions }
}

/** Waits until the transaction is complete. */
export async function completed(client: Client, transactionalId: string): Promise<string> {
  for (let tries = 0; ; tries++) {
    const found = await state(client, transactionalId)
    if (!found.state.startsWith('Prepare') || tries > 400) return found.state
    await client.sleep(25)
  }
}

export async function fetch(client: Client, topic: string, isolation: 0 | 1, offset = 0) {
  const { topics } = await client.ask('fetch', 11, {
    replicaId: -1,
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: 1_000_000,
    isolation,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [{ name: topic, partitions: [{ index: 0, leaderEpoch: -1, offset, logStart: -1, maxBytes: 1_000_000 }] }],
    forgotten: [],
    rack: '',
  })
  return topics[0]!.partitions[0]!
}

/** The end offset of the partition with the isolation level read_committed, and with read_uncommitted. */
export async function ends(client: Client, topic: string): Promise<string> {
  const latest = async (isolation: 0 | 1) => {
    const partitions = [{ index: 0, leaderEpoch: -1, timestamp: -1 }]
    const { topics } = await client.ask('listOffsets', 3, { replicaId: -1, isolation, topics: [{ name: topic, partitions }] })
    return topics[0]!.partitions[0]!.offset
  }
  return `${await latest(1)} of ${await latest(0)}`
}

/** The batches of an answer: first offset, number of records, and whether it is a marker (c: commit, a: abort). */
export function batches(pieces: readonly Buffer[]): string {
  const bytes = Buffer.concat(pieces)
  const found: string[] = []
  for (let at = 0; at + 61 <= bytes.length; at += 12 + bytes.readInt32BE(at + 8)) {
    const isMarker = (bytes.readInt16BE(at + 21) & 0x20) !== 0
    const kind = isMarker ? (bytes.readInt16BE(at + 68) === 1 ? 'c' : 'a') : ''
    found.push(`${bytes.readBigInt64BE(at)}+${bytes.readInt32BE(at + 57)}${kind}`)
  }
  return found.join(' ')
}

export interface Membership {
  readonly groupId: string
  readonly generation?: number
  readonly memberId?: string
}

/** Commits offsets within a transaction; returns the error code. */
export async function commitWithin(
  client: Client,
  version: number,
  writer: Writer,
  topic: string,
  offset: number,
  group: Membership,
): Promise<number> {
  const { groupId, generation = -1, memberId = '' } = group
  const answer = await client.ask('txnOffsetCommit', version, {
    transactionalId: writer.transactionalId ?? '',
    groupId,
    producerId: writer.producerId,
    epoch: writer.epoch,
    generation,
    memberId,
    instanceId: null,
    topics: [{ name: topic, partitions: [{ index: 0, offset, leaderEpoch: -1, metadata: '' }] }],
  })
  return answer.topics[0]!.partitions[0]!.error
}

export async function commit(client: Client, topic: string, offset: number, group: Membership): Promise<number> {
  const { groupId, generation = -1, memberId = '' } = group
  const partitions = [{ index: 0, offset, leaderEpoch: -1, metadata: '' }]
  const answer = await client.ask('offsetCommit', 5, {
    groupId,
    generation,
    memberId,
    retentionMs: -1,
    instanceId: null,
    topics: [{ name: topic, partitions }],
  })
  return answer.topics[0]!.partitions[0]!.error
}

/** Returns the error code and the committed offset. `stable`: ask for an offset that no open transaction may change (KIP-447). */
export async function committed(client: Client, topic: string, groupId: string, stable: boolean): Promise<string> {
  const answer = await client.ask('offsetFetch', 7, { groupId, topics: [{ name: topic, partitions: [0] }], requireStable: stable })
  const found = answer.topics[0]?.partitions[0]
  return `${answer.error} ${found?.error} ${found?.offset}`
}

export async function addPartition(client: Client, version: number, writer: Required<Writer>, topic: string) {
  const answer = await client.ask('addPartitionsToTxn', version, { ...writer, topics: [{ name: topic, partitions: [0] }] })
  return answer.topics[0]!.partitions[0]!.error
}
