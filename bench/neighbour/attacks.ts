import { type ClientRequest, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { sluice } from '../../proto/messages.js'
import { type Kafka } from '../../topology/runtime/index.ts'

/** Where an attacker gets at the instance. */
export interface Target {
  readonly kafka: Kafka
  readonly topics: { readonly data: string; readonly models: string }
  /** A data type of the attacker, on the same partition as the good one. */
  readonly dataType: string
  readonly port: number
  readonly peerPort: number
  /** A model of the attacker that is accepted. */
  readonly model: Uint8Array
  /** A model whose trial takes long. */
  readonly slowModelUrl: string
}

export type Attack = (target: Target, signal: AbortSignal) => Promise<void>

const megabyte = 2 ** 20
const zstd = 4

async function again(signal: AbortSignal, everyMs: number, work: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await work()
    await sleep(everyMs, undefined, { signal }).catch(() => undefined)
  }
}

async function sending(
  { kafka, dataType }: Target,
  work: (send: (topic: string, values: readonly (Uint8Array | null)[], key?: string) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const producer = kafka.producer({ idempotent: true })
  await producer.connect()
  try {
    await work((topic, values, key = dataType) =>
      producer.send({ topic, acks: -1, compression: zstd, messages: values.map(value => ({ key, value: value && Buffer.from(value) })) }),
    )
  } finally {
    await producer.disconnect()
  }
}

const descriptor = (given: sluice.ModelDescriptor.$Properties): Uint8Array =>
  sluice.ModelDescriptor.encode({ modeltype: sluice.ModelDescriptor.ModelType.ONNX, ...given }).finish()

async function post(port: number, path: string, body: Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: new Uint8Array(body), headers })
    .then(answer => answer.arrayBuffer())
    .catch(() => undefined)
}

async function sockets(port: number, count: number, signal: AbortSignal): Promise<void> {
  const open = Array.from({ length: count }, () => connect(port, '127.0.0.1').on('error', () => undefined))
  await sleep(2 ** 30, undefined, { signal }).catch(() => undefined)
  for (const socket of open) socket.destroy()
}

/** A request whose body does not come. */
function slowBody(port: number, path: string): ClientRequest {
  const request = httpRequest({ host: '127.0.0.1', port, method: 'POST', path, agent: false, headers: { 'content-length': 1000 } })
  request.on('error', () => undefined).write('{')
  return request
}

/** Each does its worst again and again until the signal aborts. */
export const attacks: Readonly<Record<string, Attack>> = {
  quiet: () => Promise.resolve(),
  'batches that unpack to 300 MB': (target, signal) =>
    sending(target, send => {
      const values = Array.from({ length: 300 }, () => Buffer.alloc(megabyte))
      return again(signal, 1000, () => send(target.topics.data, values))
    }),
  'undecodable records of 60 MB': (target, signal) =>
    sending(target, send => again(signal, 1000, () => send(target.topics.data, [Buffer.alloc(60 * megabyte, 0xff)]))),
  'models with a description of 0.9 MB': (target, signal) =>
    sending(target, send =>
      again(signal, 100, () =>
        send(target.topics.models, [
          descriptor({ name: 'x', dataType: target.dataType, data: target.model, description: 'x'.repeat(900_000) }),
        ]),
      ),
    ),
  'data types of 100 KB': (target, signal) =>
    sending(target, send =>
      again(signal, 50, () => send(target.topics.data, [sluice.WineRecord.encode({ dataType: 'x'.repeat(100_000) }).finish()])),
    ),
  'data of types whose first models are being tried': (target, signal) =>
    sending(target, async send => {
      let type = 0
      await again(signal, 200, async () => {
        const dataType = `${target.dataType}-${type++}`
        await send(target.topics.models, [descriptor({ name: 'x', dataType, location: target.slowModelUrl })], dataType)
        await send(target.topics.data, [sluice.WineRecord.encode({ dataType }).finish()])
      })
    }),
  '16 MB of brackets': ({ port, dataType }, signal) =>
    again(signal, 50, () => post(port, `/v2/models/${dataType}/infer`, Buffer.alloc(16e6, '['))),
  '400,000 keys': ({ port, dataType }, signal) => {
    const body = Buffer.from(`{${Array.from({ length: 400_000 }, (_, at) => `"key${at}":NaN`).join(',')}}`)
    return again(signal, 50, () => post(port, `/v2/models/${dataType}/infer`, body))
  },
  '300,000 rows': ({ port, dataType }, signal) => {
    const data = Array.from({ length: 300_000 }, (_, at) => at)
    const body = Buffer.from(JSON.stringify({ inputs: [{ name: 'alcohol', datatype: 'FP64', shape: [data.length], data }] }))
    return again(signal, 50, () => post(port, `/v2/models/${dataType}/infer`, body))
  },
  '20 gzip bombs': ({ port, dataType }, signal) => {
    const bomb = gzipSync(Buffer.alloc(60 * megabyte, ' '))
    const headers = { 'content-encoding': 'gzip' }
    return again(signal, 50, () => Promise.all(Array.from({ length: 20 }, () => post(port, `/v2/models/${dataType}/infer`, bomb, headers))))
  },
  '515 slow bodies': async ({ port, dataType }, signal) => {
    const requests = Array.from({ length: 515 }, () => slowBody(port, `/v2/models/${dataType}/infer`))
    await sleep(2 ** 30, undefined, { signal }).catch(() => undefined)
    for (const request of requests) request.destroy()
  },
  '2,100 idle connections': ({ port }, signal) => sockets(port, 2100, signal),
  '1,100 strangers at the peer port': ({ peerPort }, signal) => sockets(peerPort, 1100, signal),
}
