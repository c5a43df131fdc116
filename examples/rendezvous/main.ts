/** `npm run example:rendezvous`: models that answer on a topic, and a decision for each request. Ends with 1 if anything did not hold. */
import { withKafka } from '../with-kafka.ts'
import { provedTable } from '../proved-table.ts'
import { runRendezvous } from './run-rendezvous.ts'

await withKafka(async brokers => {
  const found = await runRendezvous(brokers, line => console.log(line))
  console.log(provedTable(found))
  if (found.some(({ holds }) => !holds)) process.exitCode = 1
})
