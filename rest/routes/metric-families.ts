import type { MetricFamily, MetricSample } from '../../topology/index.ts'

/**
 * Writes recorded metrics in the Prometheus text format (0.0.4); a metric without series has its HELP and TYPE lines only. prom-client is not used,
 * because it takes half a second for a thousand histograms, during which it blocks this thread.
 */
export function familiesText(families: readonly MetricFamily[]): string {
  return families.map(familyText).join('')
}

function familyText(family: MetricFamily): string {
  const { name, help, kind } = family
  const text = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  const { bounds = [] } = family
  const les = [...bounds.map(String), '+Inf']
  const samples = family.samples.map(sample => sampleText(family, sample, les))
  return `# HELP ${name} ${text}\n# TYPE ${name} ${kind}\n${samples.join('')}\n`
}

function sampleText({ name, labels: names }: MetricFamily, { labels, value, buckets }: MetricSample, les: readonly string[]): string {
  const own = names.map((label, at) => `${label}="${escaped(labels[at] ?? '')}"`).join(',')
  const braced = own === '' ? '' : `{${own}}`
  if (buckets === undefined) return `${name}${braced} ${value}\n`
  const before = own === '' ? '' : `${own},`
  let count = 0
  let text = ''
  for (const [at, le] of les.entries()) {
    count += buckets[at] ?? 0
    text += `${name}_bucket{${before}le="${le}"} ${count}\n`
  }
  return `${text}${name}_sum${braced} ${value}\n${name}_count${braced} ${count}\n`
}

function escaped(label: string): string {
  return /[\\"\n]/.test(label) ? label.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : label
}
