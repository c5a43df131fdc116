import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EventReader, eventLine } from '../../../cli/commands/model-events-view.ts'
import { recordSignatureHeader, SigningKey, signRecord } from '../../../models/signing/index.ts'
import type { TopicRecord } from '../../../topology/runtime/topics/index.ts'
import { SigningFiles } from '../../models/signing/signing-authority.ts'

const files = new SigningFiles()
const own = files.key()
const other = files.key()
const test = suite('events of models and who signed them')
test.after(() => files.remove())

const at = 1_700_000_000_000
let next = 0
const wine = Buffer.from('wine')
const valueOf = (event: object): Buffer =>
  Buffer.from(JSON.stringify({ event: 'accepted', dataType: 'wine', at, application: 'app', ...event }))
function record(given: Partial<TopicRecord> = {}): TopicRecord {
  const usual = {
    topic: 't',
    partition: 0,
    offset: next++,
    timestamp: at,
    key: wine,
    value: valueOf({ sequence: next }),
    headers: undefined,
  }
  return { ...usual, ...given }
}
function signed(by = own, given: Partial<TopicRecord> = {}): TopicRecord {
  const found = record(given)
  const bundle = signRecord(new SigningKey({ key: by.privateKey }), { key: found.key ?? wine, value: found.value ?? wine })
  return { ...found, headers: { [recordSignatureHeader]: bundle } }
}
const ofOther = signed().headers

const records: readonly (readonly [name: string, record: TopicRecord, signature: string, said: RegExp, event: string | undefined])[] = [
  ['signed', signed(), 'signed', new RegExp(`^key ${own.signing.signer.key}$`), 'accepted'],
  ['of another key', signed(other), 'wrong', /which is not trusted/, 'accepted'],
  ['with the signature of another event', record({ headers: ofOther }), 'wrong', /it is for a record with another value/, 'accepted'],
  ['with another key', signed(own, { key: Buffer.from('beer') }), 'signed', /key/, undefined],
  [
    'of another application',
    signed(own, { value: valueOf({ application: 'test-app' }) }),
    'wrong',
    /an event of the application test-app/,
    'accepted',
  ],
  ['unsigned', record(), 'unsigned', /^$/, 'accepted'],
  ['with a damaged signature', record({ headers: { [recordSignatureHeader]: Buffer.from('{') } }), 'wrong', /not JSON/, 'accepted'],
  ['that is no event', record({ value: Buffer.from('no event') }), 'unsigned', /^$/, undefined],
  ['without a value', record({ value: null, headers: ofOther }), 'wrong', /no key or no value/, undefined],
  ['without a key', record({ key: null }), 'unsigned', /^$/, undefined],
]

for (const [name, given, signature, said, event] of records)
  test(`a record ${name}`, () => {
    const reader = new EventReader({ keys: own.trusted, dataType: undefined, since: 0, application: 'app' })
    const found = reader.read(given)
    assert.is(found?.signature, signature)
    assert.match((found as { signer?: string }).signer ?? (found as { reason?: string }).reason ?? '', said)
    assert.is(found?.event, event)
    assert.is(found?.place, `0:${given.offset}`)
    assert.is(reader.doubtful, signature === 'signed' ? 0 : 1)
    assert.type(eventLine(found as NonNullable<typeof found>)['more'], 'string')
    // Without keys nothing is said to be right or wrong.
    const unkeyed = new EventReader({ keys: undefined, dataType: undefined, since: 0, application: 'app' })
    assert.is(unkeyed.read(given)?.signature, given.headers === undefined ? 'unsigned' : 'not verified')
    assert.is(unkeyed.doubtful, 0)
  })

test('a record that says an older time, behind one that does not, is not passed over', () => {
  const reader = new EventReader({ keys: own.trusted, dataType: 'wine', since: at, application: 'app' })
  const given = [
    record({ timestamp: at - 1 }),
    signed(own, { timestamp: at + 5 }),
    record({ timestamp: at - 1 }),
    record({ timestamp: at - 1, partition: 1 }),
    record({ key: Buffer.from('beer') }),
  ]
  assert.equal(
    given.map(each => reader.read(each)?.signature),
    [undefined, 'signed', 'unsigned', undefined, undefined],
  )
  assert.is(reader.doubtful, 1)
})

test.run()
