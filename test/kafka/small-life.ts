import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type LifeSettings, scenarios } from '../../bench/life/index.ts'

/** A few hundred records: enough for every step to have some. */
const small = { rate: 300, seconds: 1, commitMs: 20, keys: 3000, results: 900, swaps: 6, rounds: 1 }
const mostMs = 250_000

/** Runs a scenario of `npm run bench:life` in small: what is no matter of time has to hold. */
export function smallLife(name: keyof typeof scenarios): void {
  const brokers = process.env['KAFKA_BROKERS']
  const life = suite(`a model's life, in small: ${name}`)
  life(scenarios[name].what, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-life-'))
    const settings: LifeSettings = {
      ...small,
      brokers: brokers ?? '',
      directory,
      signal: AbortSignal.timeout(mostMs),
      log: () => undefined,
    }
    try {
      const findings = await scenarios[name].run(settings)
      assert.ok(findings.length >= 3)
      assert.equal(
        findings.filter(({ holds, timed }) => !holds && timed !== true),
        [],
      )
    } finally {
      await rm(directory, { recursive: true, force: true, maxRetries: 5 })
    }
  })
  if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
  else life.run()
}
