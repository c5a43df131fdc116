import { Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { createTopology } from './counting-topology.ts'
import { KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
const requests = { OffsetFetch: 9, ListOffsets: 2 } as const
const clientIdAt = 14

/**
 * Breaks the connection on which a client sends its next request of a kind, before the broker receives it. Returns a function that ends this and returns
 * the number of breaks.
 */
function cutNext(apiKey: number, clientId: string): () => number {
  const prototype: { write: (this: Socket, ...args: unknown[]) => boolean } = Socket.prototype as never
  const { write } = prototype
  let cuts = 0
  prototype.write = function (...args) {
    const [bytes] = args
    const asks = Buffer.isBuffer(bytes) && bytes.length > clientIdAt + clientId.length && bytes.readInt16BE(4) === apiKey
    if (!asks || cuts > 0 || bytes.toString('utf8', clientIdAt, clientIdAt + clientId.length) !== clientId) return write.apply(this, args)
    cuts++
    this.destroy(new Error('cut'))
    return false
  }
  return () => {
    prototype.write = write
    return cuts
  }
}

const test = suite<{ fixture: KafkaFixture }>('a connection that is lost while an assignment is read')
test.before.each(context => {
  context.fixture = new KafkaFixture(String(brokers))
})
test.after.each(({ fixture }) => fixture.close())

for (const [name, apiKey] of Object.entries(requests)) {
  test(`${name} is repeated, and the thread continues`, async ({ fixture }) => {
    await fixture.createTopics({ in: {}, out: {} })
    const failures: unknown[] = []
    const app = new SluiceStreams(createTopology({ input: fixture.topic('in'), output: fixture.topic('out') }), {
      applicationId: fixture.id,
      brokers: fixture.brokers,
      listener: { onError: error => failures.push(error) },
    })
    const cuts = cutNext(apiKey, fixture.id)
    try {
      await app.start()
      assert.is(cuts(), 1)
      await fixture.produce('in', [{ key: Buffer.from('k'), value: Buffer.from('v') }])
      assert.is((await fixture.readAtLeast('out', 1)).length, 1)
      assert.equal(failures, [])
    } finally {
      cuts()
      await app.stop()
    }
  })
}

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
