import Table from 'cli-table3'
import type { ChaosReport } from './report.ts'

/** The report for a terminal: what was run and found, and how often and for how long each kind of fault was felt. */
export function reportTable({ recovery, modes, ...facts }: ChaosReport): string {
  const found = new Table({ head: ['what', 'value'], style: { head: [], border: [] } })
  for (const [name, value] of Object.entries({ ...modes, ...facts })) found.push([name, String(value)])
  const felt = new Table({ head: ['fault', 'count', 'p50 ms', 'p95 ms', 'max ms'], style: { head: [], border: [] } })
  for (const [kind, { count, p50, p95, max }] of Object.entries(recovery)) felt.push([kind, count, p50, p95, max].map(String))
  return `${found.toString()}\n${felt.toString()}`
}
