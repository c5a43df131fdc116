import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { failedParts } from '../../../../../topology/runtime/kafka/kafkajs-mends/named-failures.ts'
import { neededRight } from '../../../../../topology/runtime/kafka/wire/needed-rights.ts'

const test = suite('the subjects of broker errors')

test('every error code of an answer, with its topic and partition', () => {
  const partitions = [
    { partition: 0, errorCode: 0, messages: [{ errorCode: 7 }] },
    { partition: 1, errorCode: 6 },
  ]
  const answer = {
    throttleTime: 0,
    responses: [
      { topicName: 'a', partitions },
      { topic: 'b', topicErrorCode: 29, errorMessage: 'no' },
    ],
  }
  assert.equal(failedParts(answer), [
    { topic: 'a', partition: 1, words: undefined, code: 6 },
    { topic: 'b', partition: undefined, words: 'no', code: 29 },
  ])
  assert.equal(failedParts({ errorCode: 30, memberMetadata: Buffer.of(1) }), [
    { topic: undefined, partition: undefined, words: undefined, code: 30 },
  ])
})

test('the missing right and its resource', () => {
  const topics = ['a']
  assert.is(neededRight('produce', 'TOPIC_AUTHORIZATION_FAILED', { topics }), 'WRITE on topic a')
  assert.is(neededRight('joinGroup', 'GROUP_AUTHORIZATION_FAILED', { topics: [], groupId: 'g' }), 'READ on group g')
  const coordinator = { topics: [], groupId: 'app-0_1', coordinatorType: 1 }
  assert.is(
    neededRight('findGroupCoordinator', 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', coordinator),
    'DESCRIBE on transactional id app-0_1',
  )
  assert.is(neededRight('produce', 'NOT_LEADER_FOR_PARTITION', { topics }), undefined)
})

test.run()
