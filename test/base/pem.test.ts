import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { createPrivateKey } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkKeyPair, isCertificates, isPrivateKey } from '../../base/pem.ts'
import { selfSigned } from '../rest/self-signed.ts'

const [one, two] = [selfSigned('one'), selfSigned('two')]
const indented = (pem: string): string => pem.replaceAll(/^(?=.)/gm, '    ')

const test = suite('PEM')

/** Lists of both certificates, as files have them. */
const lists: Readonly<Record<string, string>> = {
  'one after the other': one.cert + two.cert,
  'with CRLF': (one.cert + two.cert).replaceAll('\n', '\r\n'),
  'with a byte order mark': `\ufeff${one.cert}${two.cert}`,
  'with comments': `Subject: CN = a\n${one.cert}\n# -- the other -----\n${two.cert}`,
  'with blanks at the ends of lines': one.cert.replaceAll('\n', ' \n') + two.cert,
  'with a key': one.key + one.cert + two.cert,
  'with the base64 in one line': one.cert.replaceAll(/(?<=[^-])\n(?=[^-])/g, '') + two.cert,
  'without a newline at the end': one.cert + two.cert.trimEnd(),
  'joined without a newline between': one.cert.trimEnd() + two.cert,
  indented: indented(one.cert) + two.cert,
  'text before a certificate in its line': `ca: ${one.cert}${two.cert}`,
  'text after a certificate in its line': `${one.cert.trimEnd()} ca\n${two.cert}`,
  'another sign that ends a line': `${one.cert}\u2028${two.cert}`,
}

for (const [name, pem] of Object.entries(lists)) {
  test(`two certificates, ${name}: they are taken for certificates exactly if Node.js trusts both`, async () => {
    const trusted = [await trusts(pem, one), await trusts(pem, two)]
    assert.is(isCertificates(pem), trusted[0] && trusted[1])
  })
}

/** Whether a client that is given the authorities trusts a server with the certificate. */
async function trusts(ca: string, { cert, key }: { readonly cert: string; readonly key: string }): Promise<boolean> {
  const server = createServer({ cert, key }, socket => void socket.on('error', () => undefined).end())
  server.on('tlsClientError', () => undefined)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const client: TLSSocket = connect({ port, host: '127.0.0.1', ca, rejectUnauthorized: false })
  await once(client, 'secureConnect')
  client.destroy()
  server.close()
  return client.authorized
}

test('a key may be encrypted, in the form of PKCS 8 or the older one of OpenSSL, whose headers have hyphens', () => {
  const key = createPrivateKey(one.key)
  for (const type of ['pkcs8', 'sec1'] as const) {
    const pem = key.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' }) as string
    assert.match(pem, type === 'sec1' ? /DEK-Info: AES-256-CBC/ : /ENCRYPTED PRIVATE KEY/)
    for (const each of [
      pem,
      pem.replaceAll('\n', '\r\n'),
      `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${pem}`,
    ]) {
      assert.ok(isPrivateKey(each), each)
      for (const cert of [one.cert, undefined]) checkKeyPair(cert, each, 'secret')
      assert.throws(() => checkKeyPair(undefined, each, 'wrong'), /with this passphrase/)
      assert.throws(() => checkKeyPair(one.cert, each, 'wrong'), /the private key cannot be read with this passphrase/)
      assert.throws(() => checkKeyPair(one.cert, each, undefined), /the private key cannot be read without a passphrase/)
    }
    assert.not.ok(isPrivateKey(pem.slice(0, -10)))
  }
  assert.not.ok(isPrivateKey(one.cert))
  assert.throws(() => checkKeyPair(two.cert, one.key, undefined), /the key does not belong to the certificate/)
})

test.run()
