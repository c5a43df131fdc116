import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { askAgain } from '../../../../../topology/runtime/kafka/kafkajs-mends/ask-again.ts'

const test = suite('asking again')

const failed = (type: string): Error => Object.assign(new Error(type), { type })

/** What comes of a request that is answered so, then right. */
async function asked(answers: readonly string[], deadline = 1000): Promise<{ result: unknown; tries: number; moved: number }> {
  let [tries, moved] = [0, 0]
  const request = async (): Promise<string> => {
    const answer = answers[tries++]
    if (answer !== undefined) throw failed(answer)
    return 'right'
  }
  const result = await askAgain(request, { deadline, now: () => tries, onMoved: () => moved++ }).catch((error: Error) => error.message)
  return { result, tries, moved }
}

test('whoever is not the coordinator, or not the leader, is looked up anew', async () => {
  for (const type of [
    'NOT_COORDINATOR_FOR_GROUP',
    'UNKNOWN_TOPIC_OR_PARTITION',
    'NOT_LEADER_FOR_PARTITION',
    'LEADER_NOT_AVAILABLE',
    'FENCED_LEADER_EPOCH',
  ])
    assert.equal(await asked([type, type]), { result: 'right', tries: 3, moved: 2 }, type)
})

test('who is busy is asked again, and who refuses is not', async () => {
  assert.equal(await asked(['CONCURRENT_TRANSACTIONS']), { result: 'right', tries: 2, moved: 0 })
  assert.equal(await asked(['TOPIC_AUTHORIZATION_FAILED']), { result: 'TOPIC_AUTHORIZATION_FAILED', tries: 1, moved: 0 })
})

test('not for ever', async () => {
  const type = 'NOT_LEADER_FOR_PARTITION'
  assert.equal(await asked(Array(9).fill(type), 3), { result: type, tries: 3, moved: 2 })
})

test.run()
