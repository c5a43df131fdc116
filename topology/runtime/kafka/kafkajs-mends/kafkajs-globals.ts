import { env, every, type Timer } from '../../../../base/index.ts'

class EnvDate extends Date {
  constructor(given?: number | string | Date) {
    super(given ?? env.now())
  }

  static override now(): number {
    return env.now()
  }
}

/** Like process.hrtime, by `env.monotonic`: seconds and nanoseconds; with `since`, the difference from an earlier result. */
export function hrtime(since: readonly [number, number] = [0, 0]): [number, number] {
  const nanoseconds = Math.round(env.monotonic() * 1e6) - since[0] * 1e9 - since[1]
  const seconds = Math.floor(nanoseconds / 1e9)
  return [seconds, nanoseconds - seconds * 1e9]
}

const cancel = (timer: Timer | undefined): void => timer?.cancel()

const randomBytes = (size: number): Buffer => Buffer.from(Array.from({ length: size }, () => Math.floor(env.random() * 256)))

/**
 * Replacements, for kafkajs' modules, of the globals that read clocks, set timers or make random numbers. Each call uses the `env` of its moment.
 * `global` is included because kafkajs' partitioner draws its first partition from `global.crypto`; the nonces of SCRAM come from node:crypto.
 */
export const kafkajsGlobals: Readonly<Record<string, unknown>> = {
  Date: EnvDate,
  Math: Object.create(Math, { random: { value: () => env.random() } }),
  process: Object.create(process, { hrtime: { value: hrtime } }),
  global: Object.create(globalThis, { crypto: { value: { randomBytes } } }),
  setTimeout: (run: () => void, ms = 1): Timer => env.timer(ms, run),
  clearTimeout: cancel,
  setInterval: (run: () => void, ms = 1): Timer => every(ms, run),
  clearInterval: cancel,
  setImmediate: (run: () => void): void => env.turn(run),
}
