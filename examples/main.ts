/** `npm run examples [-- NAME…]`: the examples against one Kafka, and what each proved, a line each. Ends with 1 if one failed. NAME: a part of the name. */
import { architectures, expectedLines, linesOnKafka } from './architectures/index.ts'
import { runCanary } from './canary/index.ts'
import { runHeater } from './heater/index.ts'
import { runRendezvous } from './rendezvous/index.ts'
import { runSpeculative } from './speculative/index.ts'
import { withKafka } from './with-kafka.ts'

interface Example {
  readonly name: string
  /** Resolves with what was proved; throws otherwise. */
  readonly run: (brokers: string) => Promise<string>
}

const expected = await expectedLines()

const examples: readonly Example[] = [
  {
    name: 'heaters',
    run: async brokers => {
      const { faults, awayMs } = await runHeater(brokers, () => undefined)
      if (faults.length > 0) throw new Error(faults.join('; '))
      return `every temperature in its band; no command lost or doubled over a kill -9 (${Math.round(awayMs)} ms away)`
    },
  },
  { name: 'rendezvous', run: async brokers => allProved(await runRendezvous(brokers, () => undefined)) },
  { name: 'speculative', run: async brokers => allProved(await runSpeculative(brokers, () => undefined)) },
  { name: 'canary', run: async brokers => allProved(await runCanary(brokers, () => undefined)) },
  ...architectures.map(architecture => ({
    name: architecture.name,
    run: async (brokers: string) => {
      const { lines, measured } = await linesOnKafka(brokers, architecture)
      const wrong = lines.find((line, at) => line !== expected[at])
      if (lines.length !== expected.length || wrong !== undefined)
        throw new Error(`${lines.length} results for ${expected.length} rows; first difference: ${wrong ?? 'a row too many or too few'}`)
      const proved = `${lines.length} rows, once each, by the models and with the scores that are expected`
      return measured === undefined ? proved : `${proved}; ${measured}`
    },
  })),
]

/** Throws for the first line that did not hold. */
function allProved(lines: readonly { readonly what: string; readonly found: string; readonly holds: boolean }[]): string {
  const fault = lines.find(({ holds }) => !holds)
  if (fault !== undefined) throw new Error(`${fault.what}: ${fault.found}`)
  return lines.map(({ what, found }) => `${what} (${found})`).join('; ')
}

const asked = process.argv.slice(2)
const chosen = examples.filter(({ name }) => asked.length === 0 || asked.some(part => name.includes(part)))
if (chosen.length === 0) {
  console.error(`no example is named ${asked.join(' or ')}; there are: ${examples.map(({ name }) => name).join(', ')}`)
  process.exitCode = 2
} else
  await withKafka(async brokers => {
    for (const { name, run } of chosen) {
      const started = performance.now()
      try {
        const proved = await run(brokers)
        console.log(`✓ ${name}: ${proved} (${((performance.now() - started) / 1000).toFixed(1)} s)`)
      } catch (error) {
        console.log(`✗ ${name}: ${error instanceof Error ? error.message : String(error)}`)
        process.exitCode = 1
      }
    }
  })
