import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RunPace } from '../../../../topology/runtime/tasks/run-pace.ts'

const test = suite('the pace of runs')

test('a task begins with few records, and quick ones are soon taken by the thousand', () => {
  const pace = new RunPace()
  assert.is(pace.most, 64)
  pace.ran(64, 0)
  pace.ran(pace.most, 1)
  assert.ok(pace.most >= 4096)
})

test('few records at a time do not change what may come', () => {
  const pace = new RunPace()
  pace.ran(1, 900)
  assert.is(pace.most, 64)
})

test('after a run that took too long, the next takes about a second', () => {
  const pace = new RunPace()
  pace.ran(64, 20_000)
  assert.is(pace.most, 3)
  pace.ran(3, 60_000)
  assert.is(pace.most, 1)
  pace.ran(1, 10)
  assert.is(pace.most, 16)
  pace.ran(16, 160)
  assert.is(pace.most, 100)
})

test.run()
