import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../../base/sluice-error.ts'
import { failureCode } from '../../../../topology/runtime/metrics/failure-metrics.ts'
import { loadMendedKafkajs } from '../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { errorOf, plainError } from '../../../../topology/runtime/threads/thread-rpc.ts'

const test = suite('a failure as a label')

const kafkajs = loadMendedKafkajs()
const fenced = Object.assign(new Error('old epoch'), { type: 'INVALID_PRODUCER_EPOCH', code: 47, retriable: false })
const retried = (cause: Error): Error => new kafkajs.KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 3, retryTime: 250 })

const failures: Record<string, readonly [error: unknown, code: string]> = {
  'one of ours': [new SluiceError('STORE_FAILED', 'no space'), 'STORE_FAILED'],
  'the outer one of two of ours': [new SluiceError('COMMIT_FAILED', 'x', { cause: new SluiceError('SEND_FAILED', 'y') }), 'COMMIT_FAILED'],
  'ours, which kafkajs has wrapped': [
    Object.assign(new kafkajs.KafkaJSNonRetriableError('x'), { cause: new SluiceError('OFFSET_OUT_OF_RANGE', 'y') }),
    'OFFSET_OUT_OF_RANGE',
  ],
  'what the broker refuses': [new kafkajs.KafkaJSProtocolError(fenced), 'INVALID_PRODUCER_EPOCH'],
  'what it refused until kafkajs gave up': [retried(new kafkajs.KafkaJSProtocolError(fenced)), 'INVALID_PRODUCER_EPOCH'],
  'a connection': [new kafkajs.KafkaJSConnectionError('refused', { broker: 'a:1', code: 'ECONNREFUSED' }), 'BROKER_UNREACHABLE'],
  'a connection that was tried again': [
    retried(new kafkajs.KafkaJSConnectionError('refused', { broker: 'a:1', code: 'ECONNREFUSED' })),
    'BROKER_UNREACHABLE',
  ],
  "somebody else's": [Object.assign(new Error('x'), { code: 'ENOENT' }), 'OTHER'],
  'no error at all': ['a text', 'OTHER'],
  'one that is its own cause': [ownCause(), 'OTHER'],
}

function ownCause(): Error {
  const error = new Error('x')
  error.cause = error
  return error
}

for (const [name, [error, code]] of Object.entries(failures)) {
  test(`${name}: ${code}`, () => assert.is(failureCode(error), code))
  test(`${name}, from a worker thread: ${code}`, () => assert.is(failureCode(errorOf(structuredClone(plainError(error)))), code))
}

test.run()
