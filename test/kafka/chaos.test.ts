import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const main = fileURLToPath(new URL('../../bench/chaos/main.ts', import.meta.url))

/** Runs it; returns the exit code and its report. */
async function chaos(...args: readonly string[]): Promise<{ readonly code: number | null; readonly report: Record<string, unknown> }> {
  const common = ['--instances', '2', '--rate', '200', '--app', 'count', '--types', '2', '--threads', '0', '--compaction', 'off']
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...common, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [told, log] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (told += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (log += text))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) console.log(log)
  return { code, report: JSON.parse(told || '{}') as Record<string, unknown> }
}

const test = suite('a short run of chaos')

test('requests are lost, an instance and the network fail: two readers find nothing lost, doubled or wrong', async () => {
  const { code, report } = await chaos('--seed', '2', '--kills', '4', '--faults', 'cut,swallow,oneway,kill', '--guarantee', 'exactly_once')
  assert.is(code, 0, JSON.stringify(report))
  assert.is(report['ok'], true)
  assert.ok(Number(report['results']) > 1000)
})

if (process.env['KAFKA_BROKERS'] === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
