import type { MetricFamily, MetricSample } from './metrics-recorder.ts'

/** Merges the families of several recorders: values of series with the same labels are added, also those of gauges. */
export function mergeMetrics(all: readonly (readonly MetricFamily[])[]): MetricFamily[] {
  const merged = new Map<string, { readonly family: MetricFamily; readonly samples: Map<string, MetricSample> }>()
  for (const family of all.flat()) {
    let known = merged.get(family.name)
    if (known === undefined) merged.set(family.name, (known = { family, samples: new Map() }))
    for (const sample of family.samples) {
      const key = JSON.stringify(sample.labels)
      const before = known.samples.get(key)
      known.samples.set(key, before === undefined ? sample : sum(before, sample))
    }
  }
  return [...merged.values()].map(({ family, samples }) => ({ ...family, samples: [...samples.values()] }))
}

/** The families of a recorder that no longer exists, without its gauges, which describe a present state. */
export function pastMetrics(families: readonly MetricFamily[]): MetricFamily[] {
  return families.filter(({ kind }) => kind !== 'gauge')
}

function sum(a: MetricSample, b: MetricSample): MetricSample {
  const value = a.value + b.value
  if (a.buckets === undefined) return { labels: a.labels, value }
  return { labels: a.labels, value, buckets: a.buckets.map((count, at) => count + (b.buckets?.[at] ?? 0)) }
}
