/** `npm run example:canary`: a new model for a tenth of the keys, then for a fifth, then for all. Ends with 1 if anything did not hold. */
import { provedTable } from '../proved-table.ts'
import { withKafka } from '../with-kafka.ts'
import { runCanary } from './run-canary.ts'

await withKafka(async brokers => {
  const found = await runCanary(brokers, line => console.log(line))
  console.log(provedTable(found))
  if (found.some(({ holds }) => !holds)) process.exitCode = 1
})
