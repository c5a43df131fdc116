import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mergeMetrics, pastMetrics } from '../../../topology/metrics/merge-metrics.ts'
import { type MetricDefinition, type MetricFamily, MetricsRecorder } from '../../../topology/metrics/metrics-recorder.ts'

const test = suite('metrics recorder')

const counter: MetricDefinition = { name: 'c_total', kind: 'counter', help: 'c', labels: ['a', 'b'] }
const gauge: MetricDefinition = { name: 'g', kind: 'gauge', help: 'g', labels: ['a'] }
const histogram: MetricDefinition = { name: 'h_seconds', kind: 'histogram', help: 'h', labels: ['a'], bounds: [1, 10] }

const samplesOf = (families: readonly MetricFamily[], name: string): unknown => families.find(family => family.name === name)?.samples

test('the same labels give the same series, and other labels another one', () => {
  const recorder = new MetricsRecorder()
  recorder.figure(counter, ['x', 'y']).add(2)
  recorder.figure(counter, ['x', 'y']).add(3)
  recorder.figure(counter, ['', 'xy']).add(1)
  recorder.figure(counter, ['x', '']).add(4)
  assert.equal(samplesOf(recorder.families(), 'c_total'), [
    { labels: ['x', 'y'], value: 5 },
    { labels: ['', 'xy'], value: 1 },
    { labels: ['x', ''], value: 4 },
  ])
})

test('a bound belongs to its bucket; values above the last are counted; the sum is weighted', () => {
  const recorder = new MetricsRecorder()
  const series = recorder.distribution(histogram, ['x'])
  for (const value of [0, 1, 1.5, 10, 11]) series.observe(value)
  series.observe(2, 100)
  assert.equal(samplesOf(recorder.families(), 'h_seconds'), [{ labels: ['x'], value: 223.5, buckets: [2, 102, 1] }])
})

test('families are plain data of their moment: they can be sent to other threads, and later recordings do not change them', () => {
  const recorder = new MetricsRecorder()
  recorder.declare([gauge])
  recorder.distribution(histogram, ['x']).observe(1)
  const families = recorder.families()
  const copy = structuredClone(families)
  recorder.distribution(histogram, ['x']).observe(1)
  recorder.figure(gauge, ['x']).set(7)
  assert.equal(families, copy)
  assert.equal(samplesOf(families, 'g'), [])
  assert.equal(samplesOf(recorder.families(), 'g'), [{ labels: ['x'], value: 7 }])
  recorder.remove(gauge, ['x'])
  assert.equal(samplesOf(recorder.families(), 'g'), [])
})

test('beyond the limit all labels share one series: nothing is lost, and memory is bounded', () => {
  const recorder = new MetricsRecorder()
  for (let at = 0; at < 5000; at++) recorder.figure(counter, [`type-${at}`, 'b']).add(1)
  recorder.figure(counter, ['type-0', 'b']).add(1)
  const samples = samplesOf(recorder.families(), 'c_total') as { labels: readonly string[]; value: number }[]
  assert.is(samples.length, 1001)
  assert.is(samples.find(({ labels }) => labels[0] === 'other')?.value, 4000)
  assert.is(samples[0]?.value, 2)
})

test('retired series make room for new ones, and are merged into the shared series', () => {
  const recorder = new MetricsRecorder()
  for (let version = 1; version <= 3000; version++) {
    recorder.figure(counter, ['model', `${version}`]).add(1)
    recorder.distribution(histogram, [`${version}`]).observe(5)
    if (version > 1) {
      recorder.retire(counter, ['model', `${version - 1}`])
      recorder.retire(histogram, [`${version - 1}`])
    }
  }
  for (const name of ['c_total', 'h_seconds']) {
    const samples = samplesOf(recorder.families(), name) as { labels: readonly string[]; value: number; buckets?: readonly number[] }[]
    assert.is(samples.length, 1000)
    assert.is(samples.at(-1)?.labels.at(-1), '3000')
    assert.is(samples.find(({ labels }) => labels[0] === 'other')?.value, name === 'c_total' ? 2001 : 2001 * 5)
    assert.is(
      samples.reduce((sum, { value }) => sum + value, 0),
      name === 'c_total' ? 3000 : 15_000,
    )
    if (name === 'h_seconds') assert.equal(samples.find(({ labels }) => labels[0] === 'other')?.buckets, [0, 2001, 0])
  }
  recorder.figure(counter, ['model', '2999']).add(1)
  recorder.figure(counter, ['model', 'next']).add(1)
  const kept = samplesOf(recorder.families(), 'c_total') as { labels: readonly string[]; value: number }[]
  assert.is(kept.find(({ labels }) => labels[1] === '2999')?.value, 2, 'one that is used again stays')
})

test('of a thread that has ended all metrics remain except gauges', () => {
  const recorder = new MetricsRecorder()
  recorder.declare([counter, gauge, histogram])
  assert.equal(
    pastMetrics(recorder.families()).map(({ name }) => name),
    ['c_total', 'h_seconds'],
  )
})

const record = fc.record({
  recorder: fc.nat(3),
  kind: fc.constantFrom('counter', 'histogram'),
  label: fc.constantFrom('x', 'y', '"z\\', ''),
  value: fc.nat(20),
  count: fc.integer({ min: 1, max: 9 }),
})

test('metrics of several threads, merged in any order, equal those of one thread', () => {
  fc.assert(
    fc.property(fc.array(record), fc.boolean(), (records, reversed) => {
      const many = [0, 1, 2, 3].map(() => new MetricsRecorder())
      const one = new MetricsRecorder()
      for (const { recorder, kind, label, value, count } of records) {
        for (const into of [one, many[recorder] as MetricsRecorder]) {
          if (kind === 'counter') into.figure(counter, [label, 'b']).add(value)
          else into.distribution(histogram, [label]).observe(value, count)
        }
      }
      const families = many.map(each => each.families())
      const merged = mergeMetrics(reversed ? families.toReversed() : families)
      assert.equal(byLabels(merged), byLabels(one.families()))
      assert.equal(byLabels(mergeMetrics([mergeMetrics(families.slice(0, 2)), mergeMetrics(families.slice(2))])), byLabels(merged))
    }),
  )
})

function byLabels(families: readonly MetricFamily[]): Map<string, unknown> {
  return new Map(
    families
      .flatMap(({ name, samples }) => samples.map(sample => [`${name} ${JSON.stringify(sample.labels)}`, sample] as const))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

test.run()
