import type { LookupAddress } from 'node:dns'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../base/sluice-error.ts'
import { PeerRules } from '../../../rest/hops/peer-rules.ts'

const test = suite('peer rules')

/** Whether a connection to an address is allowed without looking a name up. */
function allows(patterns: readonly string[], host: string): boolean {
  try {
    return new PeerRules(patterns).lookupFor(host) === undefined
  } catch (error) {
    assert.is((error as SluiceError).code, 'OWNER_UNREACHABLE')
    return false
  }
}

test('addresses and networks of both families', () => {
  assert.ok(allows(['10.0.0.0/8'], '10.1.2.3'))
  assert.not.ok(allows(['10.0.0.0/8'], '11.0.0.1'))
  assert.ok(allows(['127.0.0.1'], '127.0.0.1'))
  assert.not.ok(allows(['127.0.0.1'], '127.0.0.2'))
  assert.ok(allows(['fd00::/8', '::1'], 'fd12::3'))
  assert.not.ok(allows(['fd00::/8'], 'fe80::1'))
  assert.not.ok(allows(['10.0.0.0/8'], '169.254.169.254'))
})

test('names, and all names of a domain', () => {
  assert.ok(allows(['*.wine.example'], 'a.wine.example'))
  assert.ok(allows(['*.wine.example'], 'A.b.WINE.example'))
  assert.ok(allows(['node-*'], 'node-7'))
  assert.not.ok(allows(['*.wine.example'], 'wine.example'))
  assert.not.ok(allows(['*.wine.example'], 'a.wine.example.evil'))
  assert.not.ok(allows(['a.wine'], 'aXwine'))
})

test('an address of a name that is not listed must be in a listed network', async () => {
  const resolve = (patterns: readonly string[], all: boolean): Promise<string | LookupAddress[] | Error> =>
    new Promise(done => new PeerRules(patterns).lookupFor('localhost')?.('localhost', { all }, (error, address) => done(error ?? address)))
  const inside = await resolve(['127.0.0.0/8', '::1'], false)
  assert.ok(inside === '127.0.0.1' || inside === '::1')
  assert.ok(Array.isArray(await resolve(['127.0.0.0/8', '::1'], true)))
  const outside = await resolve(['10.0.0.0/8'], false)
  assert.instance(outside, SluiceError)
})

test('an invalid pattern stops the start', () => {
  for (const pattern of ['10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/8/8', 'host/8', 'a b', 'http://host', '']) {
    assert.throws(
      () => new PeerRules([pattern]),
      (error: SluiceError) => error.code === 'CONFIG_INVALID',
      pattern,
    )
  }
})

test.run()
