import { monitorEventLoopDelay } from 'node:perf_hooks'
import { gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { countsBeyond, type LimitName } from '../../../base/limits/index.ts'
import { InferReader } from '../../../rest/inference/infer-reader.ts'
import { readInferRequest } from '../../../rest/inference/infer-request.ts'
import { startRestServer } from '../../../rest/rest-server.ts'
import { MemoryGroup } from '../memory-group.ts'

const counted = (limit: LimitName): number => new Map(countsBeyond()).get(limit) ?? 0
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const numbers = (rows: number, datatype = 'FP64'): unknown => ({
  name: 'x',
  datatype,
  shape: [rows, 2],
  data: Array.from({ length: rows }, (_, at) => [at, 0.5]),
})
const codeOf = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (error: { readonly code?: string }) => error.code,
  )

/** The longest time for which the loop stood still during the work, ms. */
async function longestPause(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  await work()
  delay.disable()
  return delay.max / 1e6
}

const test = suite('large inference requests')

test('what is read in a thread is what is read at once', async () => {
  const reader = new InferReader()
  const long = [...Array.from({ length: 20_000 }, (_, at) => at + 1), 7].map(value => `${value}1234567890`).join(',')
  const bodies: readonly (readonly [Buffer, string | undefined])[] = [
    [json({ id: 'a', inputs: [numbers(20_000)], outputs: [{ name: 'y', parameters: { binary_data: true } }] }), undefined],
    [
      json({ inputs: [{ name: 't', datatype: 'BYTES', shape: [40_000], data: Array.from({ length: 40_000 }, (_, at) => `text ${at}`) }] }),
      undefined,
    ],
    [Buffer.from(`{"inputs":[{"name":"i","datatype":"INT64","shape":[20001],"data":[${long}]}]}`), undefined],
  ]
  const head = json({ inputs: [{ name: 'x', datatype: 'FP32', shape: [50_000], parameters: { binary_data_size: 200_000 } }] })
  for (const [body, length] of [...bodies, [Buffer.concat([head, Buffer.alloc(200_000, 7)]), String(head.length)] as const])
    assert.equal(await reader.read(body, length), readInferRequest(body, length))
})

test('a body that cannot be read is refused in the same words', async () => {
  const reader = new InferReader()
  for (const body of [
    Buffer.alloc(1_000_000, '['),
    Buffer.alloc(1_000_000, 'x'),
    json({ inputs: [{ ...(numbers(20_000) as object), shape: [1, 2] }] }),
  ]) {
    const told = (work: () => unknown): Promise<unknown> =>
      Promise.resolve()
        .then(work)
        .catch((error: Error) => error.message)
    assert.is(await told(() => reader.read(body, undefined)), await told(() => readInferRequest(body, undefined)))
  }
})

test('400,000 keys, 90,000 rows, words that are no JSON: the loop goes on meanwhile', async () => {
  const reader = new InferReader()
  const keys = (value: string): Buffer => Buffer.from(`{${Array.from({ length: 400_000 }, (_, at) => `"key${at}":${value}`).join(',')}}`)
  const bodies = [keys('1'), keys('NaN'), json({ inputs: [numbers(90_000)] })]
  await codeOf(reader.read(json({ inputs: [numbers(20_000)] }), undefined))
  const pause = await longestPause(() => Promise.all(bodies.map(body => codeOf(reader.read(body, undefined)))))
  assert.ok(pause < 250, `${pause} ms`)
})

test('too much JSON and too many rows are refused and counted', async () => {
  const reader = new InferReader()
  const before = [counted('rest_infer_json'), counted('rest_infer_rows')]
  assert.is(await codeOf(reader.read(Buffer.alloc(17 * 2 ** 20, ' '), undefined)), 'BODY_REFUSED')
  assert.is(await codeOf(reader.read(json({ inputs: [numbers(100_001)] }), undefined)), 'BODY_REFUSED')
  assert.equal(
    [counted('rest_infer_json'), counted('rest_infer_rows')],
    before.map(count => count + 1),
  )
})

test('a body that takes too long is refused, and the next one is read', async () => {
  const reader = new InferReader()
  const slow = Buffer.from(`{"inputs":[{"name":"x","datatype":"FP32","shape":[4000000],"data":[${'NaN,'.repeat(3_999_999)}NaN]}]}`)
  const outcomes = await Promise.all([
    codeOf(reader.read(slow, undefined)),
    codeOf(reader.read(json({ inputs: [numbers(20_000)] }), undefined)),
  ])
  assert.ok([undefined, 'BODY_REFUSED'].includes(outcomes[0]))
  assert.is(outcomes[1], undefined)
})

test('bodies that inflate beyond measure are refused early', async () => {
  const group = new MemoryGroup(1)
  const streams = group.join('a', { host: '127.0.0.1', port: 1 })
  const answer = (): Promise<{ body: unknown }> => Promise.resolve({ body: {} })
  const body = { contentTypes: ['*/*'], maxBytes: 64 * 2 ** 20 }
  const upload = {
    method: 'POST',
    path: '/upload',
    summary: 'Takes a body',
    body,
    responses: { 200: { description: 'Done' } },
    answer,
  } as const
  const server = await startRestServer({ streams, port: 0, routes: [upload] })
  streams.self = { host: '127.0.0.1', port: server.port }
  const send = async (bytes: Buffer): Promise<number> => {
    const headers = { 'content-encoding': 'gzip' }
    const response = await fetch(`http://127.0.0.1:${server.port}/upload`, { method: 'POST', body: new Uint8Array(bytes), headers })
    await response.arrayBuffer()
    return response.status
  }
  const bomb = gzipSync(Buffer.alloc(60 * 2 ** 20))
  const pause = await longestPause(async () => {
    assert.equal(new Set(await Promise.all(Array.from({ length: 20 }, () => send(bomb)))), new Set([413]))
  })
  assert.ok(pause < 250, `${pause} ms`)
  assert.is(counted('rest_inflation'), 20)
  assert.is(await send(gzipSync(Buffer.alloc(2 ** 19))), 200)
  await server.close()
})

test.run()
