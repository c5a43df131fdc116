import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type BreakerState, CircuitBreaker } from '../../../models/service/circuit-breaker.ts'

const test = suite('circuit breaker')

/** `+`: a call that succeeds, `-`: one that fails, `x`: a call is not let in, a number: that many ms pass. After each: the state. */
const courses: readonly (readonly [name: string, steps: readonly (readonly [step: string | number, state: BreakerState])[]])[] = [
  [
    'a success forgets the failures before',
    [
      ['-', 'closed'],
      ['-', 'closed'],
      ['+', 'closed'],
      ['-', 'closed'],
      ['-', 'closed'],
      ['-', 'open'],
    ],
  ],
  [
    'closed again after a probe',
    [
      ['-', 'closed'],
      ['-', 'closed'],
      ['-', 'open'],
      ['x', 'open'],
      [99, 'open'],
      ['x', 'open'],
      [1, 'open'],
      ['+', 'closed'],
      ['-', 'closed'],
    ],
  ],
  [
    'a probe that fails',
    [
      ['-', 'closed'],
      ['-', 'closed'],
      ['-', 'open'],
      [100, 'open'],
      ['-', 'open'],
      ['x', 'open'],
      [99, 'open'],
      ['x', 'open'],
      [1, 'open'],
      ['+', 'closed'],
    ],
  ],
]
for (const [name, steps] of courses) {
  test(name, () => {
    let now = 1000
    const breaker = new CircuitBreaker({ failures: 3, coolDownMs: 100 }, () => now)
    for (const [at, [step, state]] of steps.entries()) {
      if (typeof step === 'number') now += step
      else assert.is(breaker.admit(), step !== 'x', `step ${at}`)
      if (step === '+') breaker.succeeded()
      if (step === '-') breaker.failed()
      assert.is(breaker.state, state, `step ${at}`)
    }
  })
}

test('only one call is the probe', () => {
  let now = 0
  const breaker = new CircuitBreaker({ failures: 1, coolDownMs: 10 }, () => now)
  assert.ok(breaker.admit())
  breaker.failed()
  assert.is(breaker.retryInMs(), 10)
  now = 10
  assert.ok(breaker.admit())
  assert.is(breaker.state, 'halfOpen')
  assert.not.ok(breaker.admit())
  breaker.succeeded()
  assert.ok(breaker.admit() && breaker.admit())
})

test.run()
