import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { controlStateSerde, type ControlState } from '../../control/control-state.ts'
import { stringSerde } from '../../records/serde.ts'

const test = suite('rows of controls')
const serde = controlStateSerde(stringSerde)

const place = { partition: fc.nat(10_000), offset: fc.maxSafeNat().map(offset => offset % 2 ** 51) }
const plain = { noNullPrototype: true }
const held = fc.record({ control: fc.string({ unit: 'grapheme' }), from: fc.oneof(fc.constant(-1), fc.maxSafeNat()), ...place }, plain)

test('what is written is read', () => {
  const state = fc
    .tuple(
      fc.option(held, { nil: undefined }),
      fc.array(held, { maxLength: 5 }),
      fc.record(place, plain),
      fc.option(fc.tuple(fc.string(), fc.string()), { nil: undefined }),
    )
    .map(([current, waiting, last, refused]): ControlState<string> => ({
      current,
      waiting,
      last,
      refused: refused && { rule: Buffer.from(refused[0]).toString(), reason: Buffer.from(refused[1]).toString(), ...last },
    }))
  fc.assert(fc.property(state, each => assert.equal(serde.deserialize(new Uint8Array(serde.serialize(each))), each)))
})

test('a row of another form is RECORD_UNDECODABLE', () => {
  assert.throws(() => serde.deserialize(Buffer.of(2, 0)), 'has the form 2')
})

test.run()
