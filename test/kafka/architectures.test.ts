import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { architectures } from '../../examples/architectures/index.ts'

const brokers = process.env['KAFKA_BROKERS']

/** Runs `npm run examples` for some of them. */
async function examples(...names: readonly string[]): Promise<{ readonly code: number | null; readonly stdout: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/main.ts', ...names], { stdio: ['ignore', 'pipe', 'inherit'] })
  let stdout = ''
  child.stdout.on('data', chunk => (stdout += String(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout }
}

function run(): void {
  const test = suite('examples on Kafka')

  test('architectures give the same output to the same input, and each says so in a line', async () => {
    const names = architectures.map(({ name }) => name)
    const { code, stdout } = await examples(...names)
    const proved = '190 rows, once each, by the models and with the scores that are expected'
    assert.equal(
      stdout
        .trim()
        .split('\n')
        .map(line => line.replace(/(; a row takes \S+ ms in the server, \S+ ms in this process \(medians\))? \(\S+ s\)$/, '')),
      names.map(name => `✓ ${name}: ${proved}`),
    )
    assert.is(code, 0)
  })

  test('a name that no example has ends with 2', async () => {
    assert.is((await examples('no such example')).code, 2)
  })

  test.run()
}

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run()
