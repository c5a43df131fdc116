import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../base/index.ts'
import { limits } from '../../../base/limits/index.ts'
import { contentOf } from '../../../models/sources/index.ts'
import { ModelSigningKey } from '../../../models/signing/index.ts'
import { rootDigest } from '../../../models/signing/signed-statement.ts'
import { SigningFiles } from './signing-authority.ts'
import { signPayload } from './sign-payload.ts'

const files = new SigningFiles()
const key = files.key()
const model = Buffer.from('a model')
const test = suite('hostile signatures')
test.after(() => files.remove())

interface Bundle {
  readonly mediaType: unknown
  readonly verificationMaterial: Readonly<Record<string, unknown>>
  readonly dsseEnvelope: Readonly<Record<string, unknown>> & { readonly payload: string; readonly signatures: readonly object[] }
}

interface Statement {
  readonly subject: readonly unknown[]
  readonly predicate: { readonly serialization: object; readonly resources: readonly Readonly<Record<string, unknown>>[] }
}

const bundle = JSON.parse(String(await key.signing.sign('model', model))) as Bundle
const statement = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString()) as Statement

/** Verifies the signature and the model. */
async function verify(bytes: Uint8Array, trusted = key.trusted): Promise<void> {
  const content = await contentOf(model)
  await trusted.verify(bytes, 0).check(content.hash, () => Promise.resolve(content))
}

async function refusal(bytes: Uint8Array): Promise<string> {
  const error: unknown = await verify(bytes).then(
    () => new Error('it was taken'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof SluiceError)) throw error
  assert.is(error.code, 'MODEL_SIGNATURE_INVALID', error.message)
  assert.ok(error.message.length < 1500, `${error.message.length} characters`)
  return error.message
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const enveloped = (envelope: object): Buffer => json({ ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, ...envelope } })
const material = (given: object): Buffer => json({ ...bundle, verificationMaterial: given })
/** A payload that is signed, whatever it says. */
const signed = (payload: unknown): Buffer => signPayload(key.privateKey, payload)
const resourced = (...resources: readonly object[]): Buffer =>
  signed({
    ...statement,
    subject: [{ name: 'm', digest: { sha256: rootDigest(resources.map(each => String((each as { digest?: unknown }).digest))) } }],
    predicate: { ...statement.predicate, resources },
  })
const resource = { ...statement.predicate.resources[0] }
const named = (name: unknown): object => ({ ...resource, name })

test('the untouched one is taken, and so is the same statement signed by the test', async () => {
  await verify(json(bundle))
  await verify(signed(statement))
  await verify(resourced(resource))
})

const cases: Readonly<Record<string, readonly [bundle: Buffer, message: RegExp]>> = {
  'no JSON': [Buffer.from('-----BEGIN'), /the bundle is not JSON/],
  'no UTF-8': [Buffer.from([0x22, 0xff, 0x22]), /the bundle is not JSON/],
  'JSON that is no object': [Buffer.from('[]'), /the bundle is a list; expected: an object/],
  'deep JSON': [Buffer.from('['.repeat(100_000)), /nested deeper than 16 levels/],
  'deep JSON in the payload': [signPayload(key.privateKey, `{"a":${'['.repeat(50_000)}`), /nested deeper than 16 levels/],
  'more than may be kept': [Buffer.alloc(limits.model_signature.most + 1, 32), /at most 262144 are allowed/],
  'another media type': [json({ ...bundle, mediaType: 'application/json' }), /mediaType is "application\/json"/],
  'no envelope': [json({ ...bundle, dsseEnvelope: undefined, messageSignature: {} }), /dsseEnvelope is missing/],
  'another payload type': [enveloped({ payloadType: 'text/plain' }), /payloadType is "text\/plain"/],
  'no signature': [enveloped({ signatures: [] }), /it has 0 signatures/],
  'many signatures': [enveloped({ signatures: Array(1000).fill(bundle.dsseEnvelope.signatures[0]) }), /it has 1000 signatures/],
  'base64 with other signs': [enveloped({ payload: `${bundle.dsseEnvelope.payload.slice(0, -4)}*===` }), /payload is .*expected: base64/],
  'base64 that ends early': [
    enveloped({ payload: bundle.dsseEnvelope.payload.slice(0, -1).replace(/=+$/, 'A') + 'AA' }),
    /expected: base64|changed since/,
  ],
  'a signature that is none': [enveloped({ signatures: [{ sig: 'AAAA' }] }), /has not made it/],
  'a signature of nothing': [enveloped({ signatures: [{ sig: '' }] }), /sig is "".*expected: base64/],
  'another payload': [
    enveloped({ payload: Buffer.from(JSON.stringify({ ...statement, a: 1 })).toString('base64') }),
    /payload was changed since/,
  ],
  'no material': [material({}), /has to have one of/],
  'two kinds of material': [material({ ...bundle.verificationMaterial, certificate: { rawBytes: 'AAAA' } }), /has to have one of/],
  'a hint that is an object': [material({ publicKey: { hint: { a: 1 } } }), /hint of the public key is an object/],
  'a long hint': [material({ publicKey: { hint: 'a'.repeat(100_000) } }), /which is not trusted/],
  'no certificate': [material({ x509CertificateChain: { certificates: [] } }), /it has 0 certificates/],
  'many certificates': [
    material({ x509CertificateChain: { certificates: Array.from({ length: 9 }, () => ({ rawBytes: 'AAAA' })) } }),
    /it has 9 certificates/,
  ],
  'a certificate that is none': [material({ certificate: { rawBytes: 'AAAA' } }), /certificate that cannot be read/],
  'another statement': [signed({ ...statement, _type: 'https://in-toto.io/Statement/v0.1' }), /_type is /],
  'a statement that is a list': [signed([statement]), /the payload is a list/],
  'another predicate': [signed({ ...statement, predicateType: 'https://slsa.dev/provenance/v1' }), /predicateType is "https:\/\/slsa/],
  'two subjects': [signed({ ...statement, subject: [...statement.subject, ...statement.subject] }), /it has 2 subjects/],
  'a subject of another model': [
    signed({ ...statement, subject: [{ name: 'm', digest: { sha256: '0'.repeat(64) } }] }),
    /digest of its subject is not the one of its resources/,
  ],
  'a subject without a digest': [signed({ ...statement, subject: [{ name: 'm' }] }), /digest of "m" is missing/],
  'files in shards': [
    signed({ ...statement, predicate: { ...statement.predicate, serialization: { method: 'shards', hash_type: 'sha256' } } }),
    /hashed by "shards"; only "files" is supported/,
  ],
  'another hash': [
    signed({ ...statement, predicate: { ...statement.predicate, serialization: { method: 'files', hash_type: 'blake2b' } } }),
    /hashed with "blake2b"; only "sha256"/,
  ],
  'another hash of one file': [resourced({ ...resource, algorithm: 'md5' }), /algorithm of "\." is "md5"/],
  'a digest that is none': [
    signed({ ...statement, predicate: { ...statement.predicate, resources: [{ ...resource, digest: 'ab' }] } }),
    /digest of "\." is "ab"; expected: a SHA-256/,
  ],
  'no resource': [resourced(), /it names no file/],
  'a name twice': [resourced(named('a'), named('a')), /names the file "a" twice/],
  'the whole beside a part': [resourced(resource, named('a')), /as one file, and other files beside it/],
  ...Object.fromEntries(
    ['..', '../a', 'a/../b', '/etc/passwd', './a', 'a//b', 'a/', 'a\\b', 'c:a', 'a\0b', '', 7, null].map(name => [
      `the name ${JSON.stringify(name)}`,
      [resourced(named(name)), /it names a file .*allowed: relative paths/] as const,
    ]),
  ),
}

for (const [name, [bytes, message]] of Object.entries(cases)) test(name, async () => assert.match(await refusal(bytes), message))

test('prototypes are no parts of a bundle', async () => {
  assert.match(await refusal(Buffer.from(`{"__proto__":${JSON.stringify(bundle)}}`)), /mediaType is missing/)
})

test('keys that sign no models are refused, with the kinds that do', () => {
  const wish = (curve: string): string => files.key(curve).privateKey
  assert.throws(() => wish('secp256k1'), /kind ec secp256k1; allowed: .*P-256, P-384 or P-521/)
  assert.throws(() => new ModelSigningKey({ key: 'nothing' }), /private key cannot be read/)
})

test.run()
