/** `npm run fuzz -- [--minutes N] [--inputs N] [--seed N] [--only KIND]`: hostile inputs of every kind; see docs/testing.md. */
import { parseArgs } from 'node:util'
import { runKind, type Tally } from './fuzz-run.ts'
import { type KindName, kindNames } from './kinds.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    inputs: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
})

function write(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function main(): Promise<number> {
  const kinds = kindNames.filter(kind => values.only === undefined || kind === values.only)
  if (kinds.length === 0) {
    process.stderr.write(`--only must be one of ${kindNames.join(', ')}\n`)
    return 2
  }
  const from = Number(values.seed)
  const tallies: Tally[] = []
  for (const kind of kinds) tallies.push(await one(kind, from, kinds.length))
  write('| inputs | given | taken | refused | crashes | hangs | another not answered | unclear | stalls > 50 ms | longest, ms |')
  write('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |')
  for (const { kind, inputs, taken, refused, crashes, hangs, broken, unclear, stalls, longestStallMs } of tallies)
    write(`| ${[kind, inputs, taken, refused, crashes, hangs, broken, unclear, stalls, Math.round(longestStallMs)].join(' | ')} |`)
  for (const { told } of tallies) for (const line of told) write(line)
  return tallies.some(({ crashes, hangs, broken, unclear }) => crashes + hangs + broken + unclear > 0) ? 1 : 0
}

/** The time is shared by the kinds. */
function one(kind: KindName, from: number, kinds: number): Promise<Tally> {
  const until = values.minutes === undefined ? Infinity : Date.now() + (Number(values.minutes) * 60_000) / kinds
  const end = values.minutes === undefined ? from + Number(values.inputs) : Infinity
  return runKind({ kind, from, more: seed => seed < end && Date.now() < until })
}

process.exitCode = await main()
