/** `npm run example:speculative`: two models, a budget of 20 ms, and a decision for each record. Ends with 1 if anything did not hold. */
import { provedTable } from '../proved-table.ts'
import { withKafka } from '../with-kafka.ts'
import { runSpeculative } from './run-speculative.ts'

await withKafka(async brokers => {
  const found = await runSpeculative(brokers, line => console.log(line))
  console.log(provedTable(found))
  if (found.some(({ holds }) => !holds)) process.exitCode = 1
})
