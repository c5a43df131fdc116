import { setTimeout as sleep } from 'node:timers/promises'

/** A simple model: it takes 2 ms, and its score is the alcohol. */
export default {
  inputs: [{ name: 'alcohol' }],
  outputs: [{ name: 'quality' }],
  async score(rows) {
    await sleep(2)
    return rows.map(({ alcohol }) => alcohol)
  },
}
