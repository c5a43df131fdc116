import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { contentOf } from '../../../models/sources/index.ts'
import { type ModelSigningKey, TrustedKeys } from '../../../models/signing/index.ts'
import { authority, certified, signer, SigningFiles, type TestCertificate } from './signing-authority.ts'

const files = new SigningFiles()
const model = Buffer.from('a model')
const day = 24 * 60 * 60_000
const now = Date.now() + 60_000

const root = files.certificate({ subject: 'O=Test, CN=root', extensions: authority })
const between = files.certificate({
  subject: 'CN=between',
  extensions: { ...authority, basicConstraints: 'critical,CA:TRUE,pathlen:0' },
  issuer: root,
})
const leaf = files.certificate({ subject: 'O=Test, CN=ana', extensions: signer, issuer: between })

const test = suite('signatures with certificates')
test.after(() => files.remove())

async function subjectOf(key: ModelSigningKey, trusted: readonly TestCertificate[], at = now): Promise<string | undefined> {
  const content = await contentOf(model)
  const verified = TrustedKeys.read(trusted.map(({ path }) => path)).verify(await key.sign('model', model), at)
  await verified.check(content.hash, () => Promise.resolve(content))
  return verified.signer.certificate
}

const issued = (extensions: Readonly<Record<string, string>>, issuer = root): TestCertificate =>
  files.certificate({ subject: 'CN=other', extensions, issuer })

test('a chain that leads to a trusted authority, whatever else is in it and in which order', async () => {
  const stray = files.certificate({ subject: 'CN=stray', extensions: authority })
  assert.is(await subjectOf(certified(leaf, between), [root]), 'O=Test, CN=ana')
  assert.is(await subjectOf(certified(leaf), [between]), 'O=Test, CN=ana')
  assert.is(await subjectOf(certified(leaf, stray, root, between), [stray, root]), 'O=Test, CN=ana')
  assert.is(await subjectOf(certified(issued({ ...signer, extendedKeyUsage: 'codeSigning' })), [root]), 'CN=other')
  assert.is(await subjectOf(certified(issued({ extendedKeyUsage: 'codeSigning' })), [root]), 'CN=other')
  assert.is(await subjectOf(certified(issued({ ...signer, extendedKeyUsage: 'serverAuth,anyExtendedKeyUsage' })), [root]), 'CN=other')
})

test('an authority that was renewed with the same key: the certificate that is valid counts, in whatever order they are trusted', async () => {
  const former = files.certificate({ subject: 'CN=renewed', extensions: authority, days: 1 })
  const renewed = files.certificate({ subject: 'CN=renewed', extensions: authority, days: 90, renews: former })
  const own = certified(issued(signer, renewed))
  const later = now + 2 * day
  assert.is(await subjectOf(own, [former, renewed], later), 'CN=other')
  assert.is(await subjectOf(own, [renewed, former], later), 'CN=other')
  const between = files.certificate({ subject: 'CN=between', extensions: authority, issuer: root, days: 1 })
  const again = files.certificate({ subject: 'CN=between', extensions: authority, issuer: root, renews: between })
  assert.is(await subjectOf(certified(issued(signer, again), between, again), [root], later), 'CN=other')
})

const rsa = files.certificate({ subject: 'CN=rsa', extensions: authority, rsa: 2048 })
const byPss = (digest: string): TestCertificate =>
  files.certificate({ subject: 'CN=other', extensions: signer, issuer: rsa, digest, pss: true })

test('an authority with a key of RSA', async () => {
  assert.is(await subjectOf(certified(issued(signer, rsa)), [rsa]), 'CN=other')
  for (const digest of ['sha256', 'sha512']) assert.is(await subjectOf(certified(byPss(digest)), [rsa]), 'CN=other')
})

const refusals: Readonly<Record<string, readonly [() => Promise<unknown>, RegExp]>> = {
  'an authority that is not trusted': [
    () => subjectOf(certified(leaf, between), [files.certificate({ subject: 'O=Test, CN=root', extensions: authority })]),
    /certificate of O=Test, CN=ana was issued by CN=between, and does not lead to a trusted authority; trusted: O=Test, CN=root/,
  ],
  'a chain with a gap': [() => subjectOf(certified(leaf), [root]), /does not lead to a trusted authority/],
  'public keys alone are trusted': [
    async () => files.key().trusted.verify(await certified(leaf, between).sign('m', model), now),
    /trusted: none: trustedKeys has public keys alone/,
  ],
  'one that has ended': [
    () => subjectOf(certified(leaf, between), [root], now + 31 * day),
    /is valid from .* to .*, not on 20.*sign the model with a valid one/,
  ],
  'one that has not begun': [() => subjectOf(certified(leaf, between), [root], now - 2 * day), /is valid from/],
  'an authority that has ended': [
    () => {
      const short = files.certificate({ subject: 'CN=short', extensions: authority, issuer: root, days: 1 })
      return subjectOf(certified(issued(signer, short), short), [root], now + 2 * day)
    },
    /certificate of CN=short is valid from/,
  ],
  'a certificate of a signer that issues another': [
    () => subjectOf(certified(issued(signer, leaf), leaf, between), [root]),
    /does not lead to a trusted authority|not that of an authority/,
  ],
  'more authorities than allowed': [
    () => {
      const deeper = files.certificate({ subject: 'CN=deeper', extensions: authority, issuer: between })
      return subjectOf(certified(issued(signer, deeper), deeper, between), [root])
    },
    /the authority CN=between may have 0 authorities below it, and has 1/,
  ],
  'an authority for certain names': [
    () => {
      const limited = issued({ ...authority, nameConstraints: 'permitted;email:example.org' })
      return subjectOf(certified(issued(signer, limited), limited), [root])
    },
    /limited to certain names/,
  ],
  'a certificate of a server': [
    () => subjectOf(certified(issued({ ...signer, extendedKeyUsage: 'serverAuth' })), [root]),
    /is not for signatures/,
  ],
  'a key for agreement': [() => subjectOf(certified(issued({ keyUsage: 'critical,keyAgreement' })), [root]), /is not for signatures/],
  'no usage at all': [() => subjectOf(certified(issued({ basicConstraints: 'CA:FALSE' })), [root]), /is not for signatures/],
  'a critical extension that nobody knows': [
    () => subjectOf(certified(issued({ ...signer, '1.2.3.4': 'critical,ASN1:UTF8String:x' })), [root]),
    /critical extension that is not known here \(1\.2\.3\.4\)/,
  ],
  'a weak signature': [
    () => subjectOf(certified(files.certificate({ subject: 'CN=other', extensions: signer, issuer: root, digest: 'sha1' })), [root]),
    /too weak \(1\.2\.840\.10045\.4\.1\)/,
  ],
  'a weak signature of RSA-PSS, whose hash is a parameter': [
    () => subjectOf(certified(byPss('sha1')), [rsa]),
    /too weak \(1\.2\.840\.113549\.1\.1\.10 with SHA-1\)/,
  ],
  'the signature of another key': [
    async () => {
      const chain = JSON.parse(String(await certified(leaf, between).sign('m', model))) as { verificationMaterial: unknown }
      const own = JSON.parse(String(await files.key().signing.sign('m', model))) as object
      return TrustedKeys.read([root.path]).verify(
        Buffer.from(JSON.stringify({ ...own, verificationMaterial: chain.verificationMaterial })),
        now,
      )
    },
    /the certificate of O=Test, CN=ana has not made it/,
  ],
}

for (const [name, [use, message]] of Object.entries(refusals))
  test(name, async () => {
    const error = await use().then(
      subject => new Error(`${String(subject)} was taken`),
      (thrown: unknown) => thrown as Error & { code?: string },
    )
    assert.match(error.message, message)
    assert.is((error as { code?: string }).code, 'MODEL_SIGNATURE_INVALID')
  })

test('names with signs that a terminal acts on, and long ones', async () => {
  const name = await subjectOf(
    certified(files.certificate({ subject: `CN=a\u001b[31m${'b'.repeat(40)}`, extensions: signer, issuer: root })),
    [root],
  )
  assert.not.match(name ?? '', /\p{Cc}/u)
})

test('files of trusted keys that are refused, each by its name', () => {
  const refused = (path: string, message: RegExp): void => {
    assert.throws(
      () => TrustedKeys.read([path]),
      (error: Error & { code?: string }) => error.code === 'CONFIG_INVALID' && error.message.includes(path) && message.test(error.message),
    )
  }
  refused(`${files.directory}/none`, /ENOENT/)
  refused(files.write('nothing'), /no PEM text/)
  refused(files.write(`${root.pem}-----BEGIN PUBLIC KEY-----\nAAAA\n`), /damaged, not complete/)
  refused(leaf.path, /certificate of O=Test, CN=ana is not that of an authority: to trust its key alone/)
  refused(leaf.keyPath, /it has a PRIVATE KEY; allowed: PUBLIC KEY/)
  refused(files.write('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'), /./)
  const { path } = files.key()
  assert.match(TrustedKeys.read([path, root.path]).described, /^key [0-9a-f]{64}, authority O=Test, CN=root$/)
})

test.run()
