import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bodyHash, HopSigner } from '../../../rest/hops/hop-signature.ts'

const test = suite('hop signature')

const request = { method: 'GET', path: '/state/s/keys/k?read=latest', to: { host: '10.0.0.2', port: 8888 } }
const signer = new HopSigner('secret', 'wine')
const now = 1_700_000_000_000

test('an instance accepts a signature, with the hash of the body, of another with the same token and application', () => {
  const other = new HopSigner('secret', 'wine')
  const body = Buffer.from('{}')
  assert.is(other.verify(signer.sign(request, undefined, now), request, now), bodyHash(undefined))
  assert.is(other.verify(signer.sign(request, body, now), request, now), bodyHash(body))
})

test('a signature contains neither the token nor a repeated value', () => {
  const [first, second] = [signer.sign(request, undefined, now), signer.sign(request, undefined, now)]
  assert.not.match(first, 'secret')
  assert.is.not(first, second)
})

test('another token, application, method, path, receiver or body hash is refused', () => {
  const signature = signer.sign(request, undefined, now)
  assert.is(new HopSigner('secret2', 'wine').verify(signature, request, now), undefined)
  assert.is(new HopSigner('secret', 'beer').verify(signature, request, now), undefined)
  for (const changed of [
    { method: 'POST' },
    { path: '/state/s/keys/k' },
    { to: { host: '10.0.0.3', port: 8888 } },
    { to: { host: '10.0.0.2', port: 8889 } },
  ]) {
    assert.is(signer.verify(signature, { ...request, ...changed }, now), undefined, JSON.stringify(changed))
  }
  const parts = signature.split('.')
  for (const [at, part] of parts.entries()) {
    const forged = parts.with(at, at === 0 ? String(Number(part) + 1) : bodyHash(Buffer.from(part))).join('.')
    assert.is(signer.verify(forged, request, now), undefined, `part ${at}`)
  }
  for (const broken of ['', '.', '...', 'a.b.c.d', `${signature}.x`, signature.slice(0, -1), `-1.${parts.slice(1).join('.')}`]) {
    assert.is(signer.verify(broken, request, now), undefined, broken)
  }
})

test('a signature is valid for half a minute before and after its time', () => {
  const signature = signer.sign(request, undefined, now)
  for (const [later, taken] of [
    [30_000, true],
    [-30_000, true],
    [30_001, false],
    [-30_001, false],
  ] as const) {
    assert.is(signer.verify(signature, request, now + later) !== undefined, taken, String(later))
  }
})

test('a signed request that changes something is accepted once, a reading one any number of times', () => {
  const receiver = new HopSigner('secret', 'wine')
  const write = { ...request, method: 'POST' }
  const signature = signer.sign(write, undefined, now)
  assert.ok(receiver.verify(signature, write, now))
  assert.is(receiver.verify(signature, write, now + 29_000), undefined)
  assert.ok(receiver.verify(signer.sign(write, undefined, now + 29_000), write, now + 29_000))
  const read = signer.sign(request, undefined, now)
  assert.ok(receiver.verify(read, request, now))
  assert.ok(receiver.verify(read, request, now))
})

test.run()
