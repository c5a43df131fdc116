/** The process of one kind of inputs: each message is the seed of one, and is answered with what came of it. It says when it is ready. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { messageOf } from '../../base/index.ts'
import type { Outcome } from './fuzz-target.ts'
import { type KindName, kindOf } from './kinds.ts'
import { Dice } from './mutate.ts'

/** The answer to a seed; `broken`: another's input was not answered as it should be. */
export interface Answered {
  readonly outcome: Outcome | { readonly broken: string }
  /** The longest time for which the event loop stood still, ms. */
  readonly stallMs: number
}

const target = await (await kindOf(process.argv[2] as KindName)).open()
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()

async function answer(seed: number): Promise<Answered> {
  delay.reset()
  const outcome = await target
    .attack(new Dice(seed))
    .catch((error: unknown) => ({ broken: error instanceof Error ? (error.stack ?? error.message) : messageOf(error) }))
  // A stall is measured by the turn of the event loop that it delays.
  await new Promise(resolve => setTimeout(resolve, 3))
  return { outcome, stallMs: delay.max / 1e6 }
}

process.on('message', message => {
  if (typeof message === 'number') void answer(message).then(answered => process.send?.(answered))
  else void target.close().finally(() => process.exit())
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
