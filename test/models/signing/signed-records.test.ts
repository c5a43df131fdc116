import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SigningKey, signRecord, TrustedKeys } from '../../../models/signing/index.ts'
import { docBlocks } from '../../support/doc-blocks.ts'
import { SigningFiles } from './signing-authority.ts'

const files = new SigningFiles()
const own = files.key()
const other = files.key()
const key = new SigningKey({ key: own.privateKey })
const record = { key: Buffer.from('wine'), value: Buffer.from('{"event":"accepted"}') }
const signature = signRecord(key, record)

const test = suite('signatures of records')
test.after(() => files.remove())

const wrong = (bundle: Uint8Array, of = record, trusted = own.trusted): string => {
  try {
    return `signed by ${trusted.signerOfRecord(bundle, of, Date.now()).key}`
  } catch (error) {
    return String(error)
  }
}

test('each curve: who signed it; a record with another key or value, another signer and other bytes are not valid', () => {
  for (const curve of ['prime256v1', 'secp384r1', 'secp521r1']) {
    const made = files.key(curve)
    const bundle = signRecord(new SigningKey({ key: made.privateKey }), record)
    assert.equal(made.trusted.signerOfRecord(bundle, record, Date.now()), made.signing.signer)
    assert.match(wrong(bundle), /which is not trusted/)
  }
  assert.match(wrong(signature, { ...record, key: Buffer.from('beer') }), /it is for a record with another key/)
  assert.match(wrong(signature, { ...record, value: Buffer.from('{"event":"refused"}') }), /it is for a record with another value/)
  // The bytes between key and value are not free to move.
  assert.match(wrong(signature, { key: Buffer.from('wine{'), value: Buffer.from('"event":"accepted"}') }), /with another key/)
  assert.match(wrong(signature, record, other.trusted), /which is not trusted/)
  assert.match(wrong(Buffer.from('no json')), /the bundle is not JSON/)
  assert.match(wrong(Buffer.alloc(0)), /the bundle is not JSON/)
})

test('one changed byte anywhere in the envelope is not valid', () => {
  const text = signature.toString()
  const { dsseEnvelope } = JSON.parse(text) as { dsseEnvelope: { payload: string; signatures: { sig: string }[] } }
  for (const part of [dsseEnvelope.payload, String(dsseEnvelope.signatures[0]?.sig)])
    for (let at = 0; at < part.length - 3; at += 7) {
      const changed = part.slice(0, at) + (part[at] === 'A' ? 'B' : 'A') + part.slice(at + 1)
      assert.match(wrong(Buffer.from(text.replace(part, changed))), /MODEL_SIGNATURE_INVALID|not valid/, `${at} of ${part}`)
    }
})

test('a signature of a model is none of a record, and the other way', async () => {
  assert.match(wrong(await own.signing.sign('model', record.value)), /predicateType is .*model_signing/)
  assert.throws(() => own.trusted.verify(signature, Date.now()), /predicateType is .*record\/v1/)
})

test('a key that is encrypted, of another kind, or none', () => {
  for (const [text, why] of [
    ['no PEM', /the private key cannot be read/],
    [own.trusted.described, /the private key cannot be read/],
  ] as const)
    assert.throws(() => new SigningKey({ key: text }), why)
})

test('the Python of docs/signing.md takes it, and no other', () => {
  const project = join(import.meta.dirname, '../../..')
  const [block] = docBlocks(project).filter(({ page, language }) => page === 'docs/signing.md' && language === 'python')
  const script = `${block?.code}
import sys
asked = json.load(sys.stdin)
for each in asked["records"]:
    try:
        verify(asked["public"], *(base64.b64decode(part) for part in each))
        print("signed")
    except Exception as error:
        print(type(error).__name__)
`
  const given = [
    [record.key, record.value, signature],
    [Buffer.from('beer'), record.value, signature],
    [record.key, Buffer.from('{}'), signature],
    [record.key, record.value, signRecord(new SigningKey({ key: other.privateKey }), record)],
  ].map(parts => parts.map(part => part.toString('base64')))
  const input = JSON.stringify({ public: own.path, records: given })
  const told = execFileSync('python3', ['-c', script], { input, stdio: ['pipe', 'pipe', 'ignore'] }).toString()
  assert.equal(told.trim().split('\n'), ['signed', 'ValueError', 'ValueError', 'CalledProcessError'])
})

test('TrustedKeys of several files: any of them', () => {
  const both = TrustedKeys.read([other.path, own.path])
  assert.is(both.signerOfRecord(signature, record, Date.now()).key, key.signer.key)
})

test.run()
