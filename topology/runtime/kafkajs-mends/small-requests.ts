import type { Socket } from 'node:net'
import type { Mend } from './mend.ts'

type MakeSocket = (options: object) => Socket

/**
 * kafkajs leaves Nagle's algorithm on: a request that follows another on a connection is held back until the broker has acknowledged that one's bytes,
 * which its system may delay by 40 ms.
 */
export const smallRequestsMend: Mend = {
  defect: 'small requests wait for the acknowledgement of those before them',
  apply(modules) {
    const path = 'src/network/socketFactory.js'
    const factory = modules.load(path) as () => MakeSocket
    modules.replace(path, () => {
      const make = factory()
      return (options: object) => make(options).setNoDelay(true)
    })
  },
}
