import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Frames, requestHead } from '../../bench/chaos/network/frames.ts'
import { KafkaPath } from '../../bench/chaos/network/kafka-path.ts'
import { type Act, apiKeys, type Moment, RequestRules } from '../../bench/chaos/network/request-rules.ts'
import { holds } from '../support/eventually.ts'

/** A request's head, as Kafka's protocol has it, behind its length. */
function request(apiKey: number, id: number): Buffer {
  const frame = Buffer.alloc(12)
  frame.writeInt32BE(8, 0)
  frame.writeInt16BE(apiKey, 4)
  frame.writeInt32BE(id, 8)
  return frame
}

const frames = suite('frames')

frames('are the same however the bytes arrive', () => {
  const sent = [1, 2, 3].map(id => request(apiKeys.Produce, id))
  for (let size = 1; size <= 36; size++) {
    const [whole, found] = [Buffer.concat(sent), [] as number[]]
    const cutter = new Frames()
    for (let at = 0; at < whole.length; at += size)
      found.push(...cutter.add(whole.subarray(at, at + size)).map(frame => requestHead(frame).id))
    assert.equal(found, [1, 2, 3], `${size} bytes at a time`)
  }
})

frames.run()

interface Context {
  server: Server
  path: KafkaPath
  rules: RequestRules
  client: Socket
  /** Ids of the requests that arrived, and of the answers. */
  asked: number[]
  answered: number[]
}

const paths = suite<Context>('the way from an instance to a broker')
paths.before.each(async context => {
  const [asked, answered]: [number[], number[]] = [[], []]
  // Answers each frame by its correlation id, as a broker does.
  const server = createServer(socket => {
    const cutter = new Frames()
    socket.on('error', () => undefined)
    socket.on('data', (bytes: Buffer) => {
      for (const frame of cutter.add(bytes)) {
        const { id } = requestHead(frame)
        asked.push(id)
        const answer = Buffer.alloc(8)
        answer.writeInt32BE(4, 0)
        answer.writeInt32BE(id, 4)
        socket.write(answer)
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const rules = new RequestRules()
  const path = await KafkaPath.open(rules, (server.address() as AddressInfo).port)
  const client = connect(path.port, '127.0.0.1')
  Object.assign(context, { server, rules, path, client, asked, answered })
  const cutter = new Frames()
  client.on('data', (bytes: Buffer) => answered.push(...cutter.add(bytes).map(frame => frame.readInt32BE(4))))
  client.on('error', () => undefined)
  await once(client, 'connect')
})
paths.after.each(async ({ server, path, client }) => {
  client.destroy()
  await path.close()
  server.close()
})

const ask = ({ client }: Context, ...ids: readonly number[]): void => {
  client.write(Buffer.concat(ids.map(id => request(apiKeys.EndTxn, id))))
}

/** Time in which what must not come would. */
const quietMs = 100
/** How long a request is delayed: nobody waits as long for anything else. */
const delayMs = 1500

/** Waits until it is so, and checks that it stays so. */
async function stays(check: () => void): Promise<void> {
  await holds(check)
  await sleep(quietMs)
  check()
}

const told: readonly (readonly [Act, Moment, asked: number[], answered: number[], broken: boolean])[] = [
  ['cut', 'before', [1], [1], true],
  ['cut', 'after', [1, 2, 3], [1], true],
  ['swallow', 'before', [1, 3], [1, 3], false],
  ['swallow', 'after', [1, 2, 3], [1, 3], false],
  ['delay', 'before', [1], [1], false],
  ['delay', 'after', [1, 2, 3], [1], false],
]

for (const [act, moment, asked, answered, broken] of told) {
  paths(`${act} ${moment}: the second of three requests`, async context => {
    ask(context, 1)
    await holds(() => assert.equal(context.answered, [1]))
    const struck = context.rules.strike({ api: 'EndTxn', moment, act, delayMs, times: 1 }, 20_000)
    ask(context, 2, 3)
    if (act !== 'delay') assert.is(await struck, true)
    await stays(() => assert.equal([context.asked, context.answered, context.client.destroyed], [asked, answered, broken]))
    if (act !== 'delay') return
    await struck
    await holds(() => assert.equal(context.answered, [1, 2, 3], 'late, and in order'))
  })
}

paths('a rule is for its requests only, and ends with its time', async context => {
  const rule = { api: 'Produce', moment: 'before', act: 'cut', delayMs: 0, times: 1 } as const
  const strike = context.rules.strike(rule, 200)
  ask(context, 1, 2)
  assert.is(await strike, false)
  context.client.write(request(apiKeys.Produce, 3))
  await holds(() => assert.equal(context.answered, [1, 2, 3]))
})

paths('one direction is held, and goes on or breaks', async context => {
  for (const way of ['up', 'down'] as const) {
    const before = [...context.answered]
    context.path.hold(way)
    ask(context, 1, 2)
    await stays(() => assert.equal(context.answered, before))
    context.path.release(false)
    await holds(() => assert.equal(context.answered, [...before, 1, 2]))
  }
  context.path.hold('down')
  context.path.release(true)
  await holds(() => assert.is(context.client.destroyed, true))
})

paths.run()
