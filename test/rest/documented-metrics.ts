import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import type { Scraped } from './metrics-text.ts'

const docs = new URL('../../docs/', import.meta.url)
const textOf = (file: string): string => readFileSync(fileURLToPath(new URL(file, docs)), 'utf8')

/** Made by Prometheus itself. */
const ofPrometheus: ReadonlySet<string> = new Set(['up'])
const suffix = /_(bucket|sum|count)$/

/** The table of docs/observability.md: name, type, labels. */
export function documentedMetrics(): Map<string, { readonly type: string; readonly labels: readonly string[] }> {
  const rows = [...textOf('observability.md').matchAll(/^\| `([\w:]+)` +\| (\w+) +\| ([^|]*?) *\| .+\|$/gm)]
  const metrics = rows.map(([, name = '', type = '', labels = '']) => [
    name,
    { type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label as string) },
  ]) as [string, { type: string; labels: string[] }][]
  assert.is(new Set(metrics.map(([name]) => name)).size, metrics.length, 'a metric has two rows')
  return new Map(metrics)
}

/** Every expression of the dashboard and the alerts. */
export function expressions(): string[] {
  const dashboard = JSON.parse(textOf('grafana-dashboard.json')) as unknown
  const alerts = parse(textOf('alerts.yml')) as unknown
  return [...valuesAt(dashboard, 'expr'), ...valuesAt(alerts, 'expr')]
}

/** The metrics that an expression names: what stands before `{`, `[`, an operator or the end, and is not a function, keyword or label. */
export function metricsIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
    .replaceAll(/\{[^}]*\}/g, '{}')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '')
  const words = [...bare.matchAll(/(?<![\w.$])([a-zA-Z_:][\w:]*)(?!\w)(?!\s*\()/g)].map(([, word]) => word as string)
  return words.filter(word => !['by', 'without', 'on', 'ignoring', 'and', 'or', 'unless', 'bool', 'offset', 'e'].includes(word))
}

/**
 * Documents and a scrape tell the same: every metric has a row with its type and labels, and what panels and alerts ask for is there. Triton's are there
 * when they were asked for, those of controlled streams where there is one, and those of decisions where there is a policy: all or none.
 */
export function checkDocumented(scraped: ReadonlyMap<string, Scraped>): void {
  const ofTriton = (name: string): boolean => name.startsWith('nv_')
  const ofControls = (name: string): boolean => /^sluice_control(s|led)?_/.test(name)
  const ofDecisions = (name: string): boolean => /^sluice_(decisions?|raced_models|late_scores)_/.test(name)
  const names = [...scraped.keys()]
  const absent = [ofTriton, ofControls, ofDecisions].filter(of => !names.some(of))
  const isExpected = (name: string): boolean => !absent.some(of => of(name))
  const documented = new Map([...documentedMetrics()].filter(([name]) => isExpected(name)))
  assert.equal([...documented.keys()].sort(), [...scraped.keys()].sort(), 'rows of docs/observability.md, and metrics of the scrape')
  for (const [name, { type, labels }] of documented) {
    const found = scraped.get(name) as Scraped
    assert.is(type, found.type, name)
    for (const label of found.labels) assert.ok(labels.includes(label), `${name} has a label ${label}`)
  }
  const asked = expressions()
  assert.ok(asked.length > 20)
  for (const expression of asked) {
    const names = metricsIn(expression)
    assert.ok(names.length > 0, expression)
    for (const name of names) {
      if (ofPrometheus.has(name)) continue
      const base = scraped.has(name) ? name : name.replace(suffix, '')
      assert.ok(scraped.has(base), `${name} in ${expression}`)
      assert.is(base !== name, scraped.get(base)?.type === 'histogram', `${name} in ${expression}`)
    }
  }
}

function valuesAt(node: unknown, key: string): string[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([name, value]) => (name === key && typeof value === 'string' ? [value] : valuesAt(value, key)))
}
