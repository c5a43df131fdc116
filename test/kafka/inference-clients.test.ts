import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { wineModel } from '../rest/inference/served-models.ts'
import { withInferenceInstance } from './inference-instance.ts'

const brokers = process.env['KAFKA_BROKERS']
const run = promisify(execFile)
/** Installing the clients, half a gigabyte, takes longer than a test file may. */
const wanted = process.env['SLUICE_TEST_CLIENTS'] === '1'
const packages = ['tritonclient[http]==2.73.*', 'kserve==0.21.*']
const installWithinMs = 400_000
const script = fileURLToPath(new URL('inference-clients.py', import.meta.url))

interface Scored {
  readonly version: string
  readonly id: string
  readonly quality: readonly number[]
  readonly probabilities: readonly (readonly number[])[]
  readonly dtypes?: readonly string[]
}

interface Said {
  readonly triton: {
    readonly health: readonly boolean[]
    readonly server: string
    readonly metadata: { readonly inputs: unknown; readonly versions: unknown }
    readonly index: readonly { readonly name: string }[]
    readonly refused: readonly [string, string]
    readonly json: Scored
    readonly binary: Scored
    readonly compressed: readonly Scored[]
    readonly default: unknown
    readonly config: { readonly name: string; readonly max_batch_size: number }
    readonly version: Scored
    readonly runs: number
  }
  readonly kserve: { readonly health: readonly boolean[]; readonly json: Scored; readonly binary: Scored; readonly refused: string }
}

/** A Python with the clients; undefined, with a message, if they cannot be installed. */
async function withClients(use: (python: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-clients-'))
  const python = join(directory, 'bin', 'python')
  try {
    try {
      await run('python3', ['-m', 'venv', directory])
      await run(python, ['-m', 'pip', 'install', '--quiet', ...packages], { timeout: installWithinMs, killSignal: 'SIGKILL' })
    } catch (error) {
      console.log(`skipped: ${packages.join(' and ')} cannot be installed: ${String(error).slice(0, 300)}`)
      return
    }
    await use(python)
  } finally {
    await rm(directory, { recursive: true })
  }
}

const test = suite('clients of the open inference protocol')

test('tritonclient and kserve: health, metadata, scores in JSON and in binary', () =>
  withClients(python =>
    withInferenceInstance(String(brokers), async ({ start }) => {
      const instance = start('one')
      const { port } = await instance.ready
      const published = await fetch(`http://127.0.0.1:${port}/models/wine?wait=30`, {
        method: 'POST',
        body: new Uint8Array(wineModel('wine-mlp')),
      })
      assert.is(published.status, 200, await published.text())
      const { stdout } = await run(python, [script, `127.0.0.1:${port}`, 'wine'], { timeout: 60_000 })
      const { triton, kserve } = JSON.parse(stdout) as Said

      assert.equal(triton.health, [true, true, true, false])
      assert.is(triton.server, 'sluice')
      assert.equal(triton.metadata.inputs, [{ name: 'features', datatype: 'FP32', shape: [-1, 11] }])
      assert.equal(triton.metadata.versions, ['1'])
      assert.equal(
        triton.index.map(({ name }) => name),
        ['wine'],
      )
      assert.equal(triton.refused, ['404', 'Request for unknown model: there is no model for data type "nothing"'])
      assert.equal([triton.json.version, triton.json.id, triton.json.dtypes], ['1', '7', ['int64', 'float32']])
      assert.ok(triton.json.quality.every(quality => quality >= 3 && quality <= 8))
      assert.ok(triton.json.probabilities.every(row => Math.abs(row.reduce((sum, each) => sum + each, 0) - 1) < 1e-5))
      for (const answer of [triton.binary, ...triton.compressed, triton.version]) assert.equal(answer, triton.json)
      assert.equal(triton.default, triton.json.quality)
      assert.is(triton.runs, 6)
      assert.equal([triton.config.name, triton.config.max_batch_size > 0], ['wine', true])

      assert.equal(kserve.health, [true, true, true])
      const { id, quality, probabilities } = triton.json
      assert.equal(kserve.binary, { id, quality, probabilities })
      assert.equal(kserve.json, { id, quality, probabilities })
      assert.match(kserve.refused, /there is no model for data type "nothing"/)
    }),
  ))

if (brokers === undefined) console.log('skipped: inference clients: KAFKA_BROKERS is not set')
else if (!wanted) console.log('skipped: inference clients: SLUICE_TEST_CLIENTS=1 installs and tries them, which takes minutes')
else test.run()
