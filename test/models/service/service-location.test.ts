import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isServiceLocation, serviceHostOf, serviceLocation } from '../../../models/service/service-location.ts'

const test = suite('service location')

const locations: readonly (readonly [text: string, protocol: string, host: string])[] = [
  ['http://h:8000/v2/models/wine', 'oip', 'h:8000'],
  ['http://h/v2/models/wine/versions/2', 'oip', 'h:80'],
  ['https://h.example/gate/way/v2/models/wine%20red', 'oip', 'h.example:443'],
  ['https://h:443/v1/models/wine', 'tensorflow', 'h:443'],
  ['http://[::1]:8501/v1/models/wine/versions/12', 'tensorflow', '[::1]:8501'],
  ['http://H:1/v1/models/wine/labels/stable', 'tensorflow', 'h:1'],
]
for (const [text, protocol, host] of locations) {
  test(text, () => {
    const found = serviceLocation(Buffer.from(text))
    assert.equal([found?.protocol, found?.host], [protocol, host])
    assert.is(serviceHostOf(Buffer.from(text)), host)
  })
}

const others = [
  '',
  'h',
  'http://h',
  'http://h/v2/models/',
  'http://h/v3/models/wine',
  'http://h/v2/models/wine/',
  'http://h/v2/models/wine/infer',
  'http://h/v1/models/wine:predict',
  'http://h/v1/models/wine/versions/two',
  'http://h/v2/models/wine?x=1',
  'http://h/v2/models/wine#x',
  'http://user:secret@h/v2/models/wine',
  'http://h/v2/models/wine\n',
  ' http://h/v2/models/wine',
  'http://h/v2/models/größe',
  'ftp://h/v2/models/wine',
  'file:///v2/models/wine',
  'http://h\\@other/v2/models/wine',
  'http://h:99999/v2/models/wine',
  `http://h/v2/models/${'x'.repeat(3000)}`,
]
for (const text of others) {
  test(`no location: ${JSON.stringify(text.slice(0, 60))}`, () => assert.not(isServiceLocation(Buffer.from(text))))
}

test('never throws, whatever the bytes are', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bytes => !isServiceLocation(bytes)))
  fc.assert(fc.property(fc.string(), text => typeof isServiceLocation(Buffer.from(`http://${text}/v2/models/x`)) === 'boolean'))
})

test.run()
