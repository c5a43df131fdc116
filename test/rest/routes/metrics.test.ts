import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { inferenceMetrics } from '../../../rest/inference/inference-metrics.ts'
import { tritonMetrics } from '../../../rest/inference/triton-metrics.ts'
import { controlMetrics } from '../../../control/index.ts'
import { misplacedRecords } from '../../../serving/misplaced-data.ts'
import { movedRecords } from '../../../serving/model-mover.ts'
import { servingMetrics } from '../../../serving/serving-metrics.ts'
import { mergeMetrics } from '../../../topology/metrics/merge-metrics.ts'
import { type MetricDefinition, type MetricFamily, MetricsRecorder } from '../../../topology/metrics/metrics-recorder.ts'
import { InstanceMetrics } from '../../../topology/runtime/metrics/instance-metrics.ts'
import { limitFamily } from '../../../topology/runtime/metrics/limit-metrics.ts'
import { ThreadMetrics, threadsFamily } from '../../../topology/runtime/metrics/thread-metrics.ts'
import { checkDocumented, metricsIn } from '../documented-metrics.ts'
import { readMetrics, sumOf } from '../metrics-text.ts'
import { withTwoInstances, type TwoInstances } from '../two-instances.ts'

const test = suite('metrics')

async function scrape({ servers }: TwoInstances): Promise<ReturnType<typeof readMetrics>> {
  const response = await fetch(`http://127.0.0.1:${servers.a.port}/metrics`)
  assert.is(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  return readMetrics(await response.text())
}

const counter: MetricDefinition = { name: 'test_total', kind: 'counter', help: 'With "quotes", \\ and\na line', labels: ['a', 'b'] }
const histogram: MetricDefinition = { name: 'test_seconds', kind: 'histogram', help: 'Seconds', labels: ['a'], bounds: [0.1, 1, 2.5] }

test('recorded metrics are exported unchanged, whatever their labels contain', () =>
  withTwoInstances(async both => {
    const recorder = new MetricsRecorder()
    const strange = 'a "b" \\ c\nd } e{ ä 😀'
    recorder.figure(counter, [strange, '']).add(3)
    recorder.figure(counter, ['x', 'y']).add(0.5)
    const series = recorder.distribution(histogram, [strange])
    for (const value of [0.05, 0.1, 0.2, 2.5, 3]) series.observe(value)
    series.observe(1, 10)
    both.a.families = structuredClone(recorder.families())
    for (let times = 0; times < 2; times++) {
      const metrics = await scrape(both)
      assert.is(sumOf(metrics.get('test_total')), 3.5)
      assert.is(sumOf(metrics.get('test_total'), { a: 'x', b: 'y' }), 0.5)
      const escaped = 'a \\"b\\" \\\\ c\\nd } e{ ä 😀'
      const buckets = [...(metrics.get('test_seconds')?.samples ?? [])]
      assert.equal(
        buckets.map(([sample, value]) => [/le="([^"]+)"/.exec(sample)?.[1] ?? sample.replace(/\{.*/, ''), value]),
        [
          ['0.1', 2],
          ['1', 13],
          ['2.5', 14],
          ['+Inf', 15],
          ['test_seconds_sum', 15.85],
          ['test_seconds_count', 15],
        ],
      )
      assert.ok(buckets.every(([sample]) => sample.includes(`a="${escaped}"`)))
    }
  }))

test('the state and the uptime of the instance are exported', () =>
  withTwoInstances(async both => {
    for (const state of ['restoring', 'running'] as const) {
      both.a.state = state
      const metrics = await scrape(both)
      assert.is(sumOf(metrics.get('sluice_state')), 1)
      assert.is(sumOf(metrics.get('sluice_state'), { state }), 1)
      assert.ok(sumOf(metrics.get('sluice_uptime_seconds')) > 0)
    }
  }))

test('stream threads that do not answer do not affect other metrics', () =>
  withTwoInstances(async both => {
    both.a.figures = { ...both.a.figures, recordsIn: 5 }
    both.a.metrics = () => Promise.reject(new Error('no thread'))
    const metrics = await scrape(both)
    assert.is(sumOf(metrics.get('sluice_records_in_total')), 5)
    assert.ok(sumOf(metrics.get('process_cpu_seconds_total')) > 0)
  }))

test('requests are counted by route, not by values from clients', () =>
  withTwoInstances(async both => {
    const ask = async (path: string, method = 'GET'): Promise<number> =>
      (await fetch(`http://127.0.0.1:${both.servers.a.port}${path}`, { method })).status
    const before = sumOf((await scrape(both)).get('sluice_http_requests_total'))
    assert.is(before, 0, 'a scrape counts itself once it is answered')
    for (const key of ['a', 'b', 'no such thing']) await ask(`/state/ModelStateStore/keys/${key}`)
    assert.equal([await ask('/made/up'), await ask('/metrics', 'POST'), await ask('/health/live')], [404, 405, 200])
    const metrics = await scrape(both)
    const count = (labels: Record<string, string>): number => sumOf(metrics.get('sluice_http_requests_total'), labels)
    assert.is(count({ route: '/state/:store/keys/:key' }), 3)
    assert.is(count({ method: 'GET', route: 'none', status: '404' }), 1)
    assert.is(count({ method: 'POST', status: '405' }), 1)
    assert.is(count({ route: '/health/live', status: '200' }), 1)
    assert.is(count({ route: '/metrics', method: 'GET', status: '200' }), 1)
    assert.is(count({}), 7)
    assert.is(sumOf(metrics.get('sluice_http_request_seconds')), 7)
  }))

test('docs, dashboard and alerts name only exported metrics, and docs name all', () =>
  withTwoInstances(async both => {
    const thread = new ThreadMetrics()
    thread.recorder.declare([...servingMetrics, ...controlMetrics, misplacedRecords, movedRecords, ...inferenceMetrics])
    const instance = new InstanceMetrics().recorder.families()
    const exported = (): MetricFamily[] =>
      mergeMetrics([instance, [threadsFamily(1, 0), limitFamily()], thread.families({ tasks: [], standbys: [] })])
    both.a.families = exported()
    checkDocumented(await scrape(both))
    thread.recorder.declare(tritonMetrics)
    both.a.families = exported()
    checkDocumented(await scrape(both))
  }))

const expressions: readonly (readonly [expression: string, names: readonly string[]])[] = [
  ['up{job="a"} == 0', ['up']],
  ['sum by (task, topic) (rate(a_total{x="b_total"}[5m])) / sum(b)', ['a_total', 'b']],
  ['histogram_quantile(0.99, sum by (le) (rate(c_bucket{i=~"$i"}[$__rate_interval]))) > 1e3', ['c_bucket']],
  ['d > bool 1 and on (instance) e_count unless f offset 5m', ['d', 'e_count', 'f']],
]
for (const [expression, names] of expressions) test(`metrics in ${expression}`, () => assert.equal(metricsIn(expression), names))

test.run()
