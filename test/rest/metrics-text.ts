import * as assert from 'uvu/assert'

/** A metric as a scrape tells it. */
export interface Scraped {
  readonly type: string
  readonly help: string
  /** By the sample's name and labels, as they stand in the text. */
  readonly samples: Map<string, number>
  readonly labels: Set<string>
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? ([Nn]a[Nn]|[+-]Inf|[+-]?\d[\d.e+-]*)$/

/**
 * Reads the Prometheus text format 0.0.4, and holds it against its rules: each metric once, HELP and TYPE before its samples, samples of no other
 * name between them, no series twice, histograms cumulative with +Inf and as many as `_count` says, counters that end with `_total` (Triton's apart).
 */
export function readMetrics(text: string): Map<string, Scraped> {
  const metrics = new Map<string, Scraped>()
  let current = ''
  assert.ok(text.endsWith('\n'))
  for (const line of text.split('\n').filter(each => each !== '')) {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line) ?? []
    if (keyword === 'HELP') {
      assert.not.ok(metrics.has(name), `${name} twice`)
      metrics.set(name, { type: '', help: rest, samples: new Map(), labels: new Set() })
      current = name
    } else if (keyword === 'TYPE') {
      assert.is(name, current, line)
      assert.match(rest, /^(counter|gauge|histogram|summary)$/)
      metrics.set(name, { ...(metrics.get(name) as Scraped), type: rest })
    } else addSample(line, current, metrics.get(current) as Scraped)
  }
  for (const [name, metric] of metrics) checkMetric(name, metric)
  return metrics
}

/** The sum of a metric's samples that have these labels; of a histogram of how many there were, or with `part` of their sum. */
export function sumOf(metric: Scraped | undefined, labels: Readonly<Record<string, string>> = {}, part: 'count' | 'sum' = 'count'): number {
  let sum = 0
  for (const [sample, value] of metric?.samples ?? []) {
    const own = labelsOf(sample)
    if (metric?.type === 'histogram' && !sample.replace(/\{.*/, '').endsWith(`_${part}`)) continue
    if (Object.entries(labels).every(([label, wanted]) => own[label] === wanted)) sum += value
  }
  return sum
}

function addSample(line: string, current: string, metric: Scraped): void {
  const [, name = '', labels = '', value] = sampleLine.exec(line) ?? []
  assert.ok(value !== undefined, `no sample: ${line}`)
  const names = metric.type === 'histogram' ? ['_bucket', '_sum', '_count'].map(part => current + part) : [current]
  assert.ok(names.includes(name) || metric.type === 'summary', `a sample of ${current}: ${line}`)
  const sample = `${name}{${labels}}`
  assert.not.ok(metric.samples.has(sample), `twice: ${sample}`)
  metric.samples.set(sample, value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value))
  for (const label of Object.keys(labelsOf(sample))) if (label !== 'le') metric.labels.add(label)
}

function checkMetric(name: string, { type, samples }: Scraped): void {
  assert.ok(type !== '', `${name} has no type`)
  // Triton's counters have no suffix.
  if (type === 'counter' && !name.startsWith('nv_')) assert.match(name, /_total$/)
  if (name.startsWith('sluice_') && type !== 'counter') assert.not.match(name, /_total$/)
  if (type === 'counter') for (const [sample, value] of samples) assert.ok(value >= 0, `${sample} ${value}`)
  if (type !== 'histogram') return
  const before = new Map<string, { readonly le: number; readonly count: number }>()
  for (const [sample, count] of samples) {
    if (!sample.startsWith(`${name}_bucket`)) continue
    const { le = '', ...labels } = labelsOf(sample)
    const series = JSON.stringify(labels)
    const last = before.get(series) ?? { le: -Infinity, count: 0 }
    const bound = le === '+Inf' ? Infinity : Number(le)
    assert.ok(bound > last.le && count >= last.count, sample)
    before.set(series, { le: bound, count })
  }
  for (const [sample, count] of samples) {
    if (!sample.startsWith(`${name}_count`)) continue
    const last = before.get(JSON.stringify(labelsOf(sample)))
    assert.equal(last, { le: Infinity, count }, sample)
  }
}

function labelsOf(sample: string): Record<string, string> {
  return Object.fromEntries([...sample.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(([, label, value]) => [label, value]))
}
