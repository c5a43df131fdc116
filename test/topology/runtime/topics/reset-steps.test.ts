import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { resetSteps } from '../../../../topology/runtime/topics/index.ts'

const test = suite('how to reset an application')

test('the message names each thing to delete', () => {
  const steps = resetSteps('wine.v2', ['wine.v2-a-changelog', 'wine.v2-b-changelog'])
  for (const part of [
    'the folder "wine.v2" in the stateDir',
    "kafka-topics.sh --delete --topic 'wine\\.v2-a-changelog|wine\\.v2-b-changelog'",
    'kafka-consumer-groups.sh --delete --group wine.v2)',
  ])
    assert.ok(steps.includes(part), `${part} in ${steps}`)
  assert.not.match(steps, /\n/)
})

test.run()
