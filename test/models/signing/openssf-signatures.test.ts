import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { directoryFiles, packFiles } from '../../../models/files/index.ts'
import { TrustedKeys, type VerifiedSignature } from '../../../models/signing/index.ts'
import { contentOf, type ModelContent } from '../../../models/sources/index.ts'
import { openssf, openssfFile, openssfKey } from './openssf-models.ts'
import { sha256Of } from '../../serving/serving-driver.ts'

const test = suite('models that the OpenSSF tool has signed')
const now = Date.parse('2027-01-01')

const oneFile = (): Promise<ModelContent> => contentOf(openssfFile('tiny.onnx'))
const directory = async (): Promise<ModelContent> => contentOf(await packFiles(await directoryFiles(join(openssf, 'tiny-directory'))))

async function check(verified: VerifiedSignature, read: () => Promise<ModelContent>): Promise<void> {
  const content = await read()
  await verified.check(content.hash, () => Promise.resolve(content))
}

for (const curve of ['p256', 'p384', 'p521'] as const) {
  test(`a file, a key of ${curve}: the signer is the SHA-256 of the key's file`, async () => {
    const verified = TrustedKeys.read([openssfKey(curve)]).verify(openssfFile(`tiny.onnx.${curve}.sig`), now)
    assert.equal(verified.signer, { key: sha256Of(openssfFile(`test-${curve}.pub.pem`)) })
    await check(verified, oneFile)
  })
}

test('a file, a certificate: its authority is trusted, or the one above it', async () => {
  for (const authority of ['root', 'intermediate'] as const) {
    const verified = TrustedKeys.read([openssfKey(authority)]).verify(openssfFile('tiny.onnx.certificate.sig'), now)
    assert.is(verified.signer.certificate, 'O=Sluice tests, CN=Sluice test signer')
    await check(verified, oneFile)
  }
  assert.ok(new X509Certificate(openssfFile('test-root.pem')).ca)
})

test('a directory, which comes as an archive', async () => {
  const verified = TrustedKeys.read([openssfKey('p256')]).verify(openssfFile('tiny-directory.p256.sig'), now)
  await check(verified, directory)
})

test('what versions of the tool before 1.0 have signed: a file, a directory', async () => {
  const keys = TrustedKeys.read([openssfKey('p384'), openssfKey('p256')])
  await check(keys.verify(openssfFile('tiny.onnx.v0.2.sig'), now), oneFile)
  await check(keys.verify(openssfFile('tiny-directory.v0.2.sig'), now), directory)
})

test.run()
