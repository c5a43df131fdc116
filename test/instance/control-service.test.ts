import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/index.ts'
import { controlledStream } from '../../control/index.ts'
import { controlService } from '../../instance/controls/index.ts'
import { bytesSerde, jsonSerde, stringSerde, type Serde } from '../../records/serde.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'

const test = suite('the service of controls')

/** The service of a stream with these serdes; nothing of it reaches a broker. */
function service<K, C>(key: Serde<K>, value: Serde<C>): ReturnType<typeof controlService> {
  const options = {
    name: 'limits',
    control: { topic: 'limits', key, value },
    data: { topic: 'readings', value: jsonSerde<number>() },
    results: { topic: 'alarms', value: stringSerde },
    onData: () => 'alarm',
  }
  const streams = new SluiceStreams(controlledStream(options as never), { applicationId: 'limits', brokers: ['127.0.0.1:1'] })
  return controlService(streams, options)
}

const isInvalid = (error: unknown): boolean => error instanceof SluiceError && error.code === 'INPUT_INVALID'

test('a key that the serde of the stream cannot read is refused at once: the application could keep no note of the refusal', async () => {
  for (const key of ['not json', '', '{']) {
    const failure = await service(jsonSerde<number>(), jsonSerde())
      .write(key, Buffer.from('1'))
      .catch((error: unknown) => error)
    assert.ok(isInvalid(failure), String(failure))
    assert.match((failure as Error).message, 'is not a key of this stream')
  }
})

test('a body of which the serde makes no bytes is refused', () => {
  const sloppy: Serde<unknown> = { serialize: value => value as Uint8Array, deserialize: bytes => bytes }
  for (const value of [bytesSerde as Serde<unknown>, sloppy, stringSerde as Serde<unknown>])
    for (const json of [null, 5, [1], {}, { length: 2 ** 31 }]) assert.throws(() => service(stringSerde, value).valueOf(json), isInvalid)
})

test.run()
