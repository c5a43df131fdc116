import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { architectures } from '../../examples/architectures/architectures.ts'
import { linesOnDriver } from '../../examples/architectures/on-driver.ts'
import { expectedLines, phases } from '../../examples/architectures/recording.ts'

const test = suite('architecture examples')
const expected = await expectedLines()

test('what is expected has rows without a model, and rows of each model', () => {
  assert.is(expected.length, phases.at(-1)!.rows[1])
  assert.is(expected.filter(line => line.endsWith('no model')).length, 10)
  for (const model of ['red linear', 'red network', 'white linear', 'white network'])
    assert.ok(expected.filter(line => line.includes(model)).length >= 20, model)
})

for (const architecture of architectures) {
  test(`${architecture.name}: the recorded input gives the expected output`, async () => {
    const lines = await linesOnDriver(architecture)
    assert.equal(
      lines.toSorted((a, b) => Number.parseInt(a) - Number.parseInt(b)),
      expected,
    )
  })
}

test.run()
