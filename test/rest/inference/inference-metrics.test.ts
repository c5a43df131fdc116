import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { InferenceMetrics } from '../../../rest/inference/inference-metrics.ts'
import { MetricsRecorder } from '../../../topology/index.ts'
import { readMetrics, type Scraped, sumOf } from '../metrics-text.ts'
import { type ServedModels, wineModel, withServedModels } from './served-models.ts'

const test = suite('metrics of inference requests')

type Labels = Readonly<Record<string, string>>

/** A request with the given number of wine rows. */
function rows(count: number): string {
  const data = Array.from({ length: count * 11 }, (_, at) => at % 7)
  return JSON.stringify({ inputs: [{ name: 'features', datatype: 'FP32', shape: [count, 11], data }] })
}

async function scrape(served: ServedModels): Promise<Map<string, Scraped>> {
  const { status, bytes } = await served.get('/metrics')
  assert.is(status, 200)
  return readMetrics(bytes.toString())
}

async function withWine(use: (served: ServedModels) => Promise<void>, options = {}): Promise<void> {
  await withServedModels(async served => {
    await served.serving.publish({ name: 'linear', dataType: 'wine', bytes: wineModel('wine-linear') })
    await served.serving.publish({ name: 'mlp', dataType: 'wine', bytes: wineModel('wine-mlp') })
    await use(served)
  }, options)
}

/** Two requests to the version that serves, three to the first (one of them wrong), one to no model. */
async function askAll(served: ServedModels): Promise<void> {
  const statuses: number[] = []
  for (const [path, body] of [
    ['wine', rows(1)],
    ['wine', rows(3)],
    ['wine/versions/1', rows(2)],
    ['wine/versions/1', rows(2)],
    ['wine/versions/1', '{}'],
    ['wine/versions/9', rows(1)],
    ['made-up', rows(1)],
  ] as const)
    statuses.push((await served.post(`/v2/models/${path}/infer`, body)).status)
  assert.equal(statuses, [200, 200, 200, 200, 400, 404, 404])
}

test('requests, their duration, their waiting time and the rows of each call, by model version', () =>
  withWine(async served => {
    const before = await scrape(served)
    assert.is(sumOf(before.get('sluice_inference_requests_total')), 0)
    await askAll(served)
    const metrics = await scrape(served)
    const first = { data_type: 'wine', model: 'linear', version: '1' }
    const second = { data_type: 'wine', model: 'mlp', version: '2' }
    const sum = (name: string, labels: Labels, part?: 'sum'): number => sumOf(metrics.get(`sluice_inference_${name}`), labels, part)
    assert.equal(
      [first, second].map(labels => ['answered', 'refused', 'failed'].map(outcome => sum('requests_total', { ...labels, outcome }))),
      [
        [2, 1, 0],
        [2, 0, 0],
      ],
    )
    assert.is(sum('requests_total', {}), 5, 'what names no model is counted by route only')
    for (const labels of [first, second]) {
      assert.equal([sum('request_seconds', labels), sum('queue_seconds', labels), sum('batch_rows', labels)], [2, 2, 2])
      assert.is(sum('batch_rows', labels, 'sum'), 4)
      const [whole, queue] = [sum('request_seconds', labels, 'sum'), sum('queue_seconds', labels, 'sum')]
      assert.ok(queue >= 0 && whole > queue, `${queue} of ${whole}`)
    }
  }))

test("Triton's names: cumulative counts and microseconds by model and version", () =>
  withWine(
    async served => {
      await askAll(served)
      const metrics = await scrape(served)
      const names = [...metrics.keys()].filter(name => name.startsWith('nv_'))
      assert.equal(
        names.map(name => [metrics.get(name)?.type, metrics.get(name)?.samples.size, [...(metrics.get(name)?.labels ?? [])]]),
        names.map(() => ['counter', 2, ['model', 'version']]),
      )
      for (const [version, counts] of [
        ['1', [2, 1, 4, 2]],
        ['2', [2, 0, 4, 2]],
      ] as const) {
        const of = (name: string): number => sumOf(metrics.get(`nv_inference_${name}`), { model: 'wine', version })
        assert.equal(['request_success', 'request_failure', 'count', 'exec_count'].map(of), counts)
        const [whole = 0, ...parts] = ['request', 'queue', 'compute_input', 'compute_infer', 'compute_output'].map(part =>
          of(`${part}_duration_us`),
        )
        const sum = parts.reduce((total, part) => total + part, 0)
        assert.ok(parts.every(part => part > 0) && whole >= sum, `${sum} of ${whole}`)
        // The same time, in seconds, by the other name.
        const seconds = sumOf(metrics.get('sluice_inference_request_seconds'), { version }, 'sum')
        assert.ok(Math.abs(whole / 1e6 / seconds - 1) < 1e-6, `${whole} us, ${seconds} s`)
      }
    },
    { tritonMetrics: true },
  ))

test('without the setting there are no metrics with the names of Triton', () =>
  withWine(async served => {
    await askAll(served)
    assert.not.ok([...(await scrape(served)).keys()].some(name => name.startsWith('nv_')))
  }))

test('a request with more rows than a call may have is divided into several calls', () =>
  withWine(
    async served => {
      assert.is((await served.post('/v2/models/wine/infer', rows(10))).status, 200)
      const calls = (await scrape(served)).get('sluice_inference_batch_rows')
      assert.equal([sumOf(calls), sumOf(calls, {}, 'sum')], [3, 10])
    },
    { maxBatch: 4 },
  ))

test('a model that cannot be loaded fails its requests', () =>
  withServedModels(async served => {
    await served.serving.publish({ name: 'mlp', dataType: 'wine', bytes: wineModel('wine-mlp') })
    const [version] = served.serving.store.state('wine')?.versions ?? []
    assert.ok(version)
    const lost = { movedFrom: undefined, bytes: undefined, hash: Buffer.alloc(32, 1), location: 'file:///nowhere/lost.onnx', offset: 1 }
    served.serving.store.addVersion('lost', { ...version, ...lost })
    assert.is((await served.post('/v2/models/lost/infer', rows(1))).status, 503)
    const metrics = await scrape(served)
    assert.is(sumOf(metrics.get('sluice_inference_requests_total'), { data_type: 'lost', outcome: 'failed' }), 1)
  }))

test('there are at most a thousand series, and the sums stay correct', () => {
  const recorder = new MetricsRecorder()
  const metrics = new InferenceMetrics(recorder)
  const times = { whole: 2, input: 0, queue: 1, infer: 1, output: 0 }
  for (let version = 1; version <= 3000; version++) {
    metrics.answered({ dataType: 'wine', model: 'm', version }, { times, rows: 1, runs: [1], now: 0 })
    metrics.unanswered({ dataType: 'wine', model: 'm', version }, 'refused')
  }
  for (const { name, samples } of recorder.families()) {
    assert.ok(samples.length <= 1001, `${samples.length} series of ${name}`)
    assert.ok(
      samples.some(({ labels }) => labels.includes('3000')),
      'the newest version has its own',
    )
  }
  const [requests] = recorder.families()
  assert.is(
    requests?.samples.reduce((sum, { value }) => sum + value, 0),
    6000,
  )
})

test.run()
