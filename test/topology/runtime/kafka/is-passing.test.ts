import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../../base/sluice-error.ts'
import { isPassing } from '../../../../topology/runtime/kafka/kafka-client.ts'
import { loadMendedKafkajs } from '../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { errorOf, plainError } from '../../../../topology/runtime/threads/thread-rpc.ts'

const test = suite('isPassing')
const { KafkaJSConnectionError, KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } = loadMendedKafkajs()

/** As kafkajs makes it of a broker's answer. */
const answer = (type: string, retriable: boolean): Error =>
  new KafkaJSProtocolError(Object.assign(new Error(type), { type, retriable, code: 1 }))
const named = (name: string): Error => Object.assign(new Error('told'), { name })

const cases: readonly (readonly [string, unknown, boolean])[] = [
  ['a refused connection', new KafkaJSConnectionError('refused'), true],
  ['no broker', named('KafkaJSNoBrokerAvailableError'), true],
  ['no coordinator', named('KafkaJSGroupCoordinatorNotFound'), true],
  ['a coordinator that loads', answer('GROUP_LOAD_IN_PROGRESS', true), true],
  ['what only time mends, wrapped twice', new Error('told', { cause: new Error('why', { cause: new KafkaJSConnectionError('x') }) }), true],
  ['retries that ended', new KafkaJSNumberOfRetriesExceeded(answer('LEADER_NOT_AVAILABLE', true), { retryCount: 1, retryTime: 1 }), true],
  ['a refusal', answer('TOPIC_AUTHORIZATION_FAILED', false), false],
  ['a wrong request', new KafkaJSNonRetriableError('no'), false],
  ["Sluice's own", new SluiceError('TOPIC_MISSING', 'no topic'), false],
  ['no error', 'text', false],
]
for (const [what, error, passing] of cases) {
  test(`${what}: ${passing}`, () => assert.is(isPassing(error), passing))
}

test('an error from another thread is recognized by its name', () => {
  assert.is(isPassing(errorOf(plainError(new KafkaJSConnectionError('refused')))), true)
  assert.is(isPassing(errorOf(plainError(new KafkaJSNonRetriableError('no')))), false)
})

test.run()
