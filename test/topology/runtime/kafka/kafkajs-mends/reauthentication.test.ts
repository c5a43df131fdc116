import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isAuthenticated } from '../../../../../topology/runtime/kafka/kafkajs-mends/reauthentication.ts'

const after = (milliseconds: number, lifetime: number): boolean =>
  isAuthenticated({ authenticatedAt: [7, 900_000_000], sessionLifetime: { toNumber: () => lifetime } }, [
    7 + Math.floor((900 + milliseconds) / 1000),
    ((900 + milliseconds) % 1000) * 1e6,
  ])

test('a session is used for most of its lifetime, however short', () => {
  for (const lifetime of [2000, 9000, 3_600_000]) {
    assert.ok(after(0, lifetime))
    assert.ok(after(lifetime * 0.8, lifetime), String(lifetime))
    assert.not(after(lifetime * 0.9, lifetime), String(lifetime))
  }
})

test('a session without a limit is used for ever, one that has not begun is not used', () => {
  assert.ok(after(1e9, 0))
  assert.not(isAuthenticated({ authenticatedAt: null, sessionLifetime: { toNumber: () => 0 } }))
})

test.run()
