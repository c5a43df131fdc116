/** `npm run example:heater [-- PICTURE.svg]`: heaters on Kafka, with a kill in the middle. Ends with 1 if anything did not hold. */
import { withKafka } from '../with-kafka.ts'
import { runHeater, tableOf, writePicture } from './run-heater.ts'

const picture = process.argv[2] ?? 'build/heater.svg'
const started = performance.now()
await withKafka(async brokers => {
  const { history, faults, awayMs } = await runHeater(brokers, line => console.log(line))
  await writePicture(picture, history)
  console.log(`\n${tableOf(history)}\n\npicture: ${picture}`)
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
  if (faults.length === 0)
    console.log(
      `✓ every temperature stayed in its band, and no command was lost, doubled or repeated over the kill (${seconds(awayMs)} away)`,
    )
  for (const fault of faults) console.log(`✗ ${fault}`)
  console.log(seconds(performance.now() - started))
  if (faults.length > 0) process.exitCode = 1
})
