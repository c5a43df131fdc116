import { setTimeout as sleep } from 'node:timers/promises'
import { sluice } from '../../proto/messages.js'
import { type Kafka } from '../../topology/runtime/index.ts'

/** The format of the data records of an instance. */
export type DataFormat = 'protobuf' | 'json'

/** Where an attacker gets at the instance. */
export interface Target {
  readonly kafka: Kafka
  readonly topics: { readonly data: string; readonly models: string }
  /** A data type of the attacker, on the same partition as the good one. It has a model. */
  readonly dataType: string
  /** The same, without a model, and used by one case alone. */
  readonly freshType: string
  readonly port: number
  readonly peerPort: number
  /** A model of the attacker that is accepted. */
  readonly model: Uint8Array
  /** The location of a model on a server that answers nothing, and on one that sends a byte now and then. */
  readonly slowModelUrl: string
  readonly dripModelUrl: string
}

/** Does its worst again and again until the signal aborts. */
export type Attack = (target: Target, signal: AbortSignal) => Promise<void>
export type Attacks = Readonly<Record<string, Attack>>

export const megabyte = 2 ** 20
const zstd = 4

export async function again(signal: AbortSignal, everyMs: number, work: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await work()
    await sleep(everyMs, undefined, { signal }).catch(() => undefined)
  }
}

export function untilAborted(signal: AbortSignal): Promise<void> {
  return sleep(2 ** 30, undefined, { signal }).catch(() => undefined)
}

type Send = (topic: string, values: readonly (Uint8Array | null)[], key?: string | Uint8Array) => Promise<unknown>

/** Gives what sends records to a topic, with the attacker's data type as the key unless another is given. */
export async function sending({ kafka, dataType }: Target, work: (send: Send) => Promise<void>): Promise<void> {
  const producer = kafka.producer({ idempotent: true })
  await producer.connect()
  try {
    await work((topic, values, key = dataType) =>
      producer.send({
        topic,
        acks: -1,
        compression: zstd,
        messages: values.map(value => ({ key: Buffer.from(key), value: value && Buffer.from(value) })),
      }),
    )
  } finally {
    await producer.disconnect()
  }
}

export function descriptor(given: sluice.ModelDescriptor.$Properties): Uint8Array {
  return sluice.ModelDescriptor.encode({ modeltype: sluice.ModelDescriptor.ModelType.ONNX, ...given }).finish()
}

/** A record of which only the alcohol is set: the sum of its fields. */
export function wineOf(dataType: string, alcohol = 1): Uint8Array {
  return sluice.WineRecord.encode({ dataType, alcohol }).finish()
}

export async function post(port: number, path: string, body: Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: new Uint8Array(body), headers })
    .then(answer => answer.arrayBuffer())
    .catch(() => undefined)
}
