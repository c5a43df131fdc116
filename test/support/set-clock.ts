/** Runs `work` with the machine's clock set back (or forward) by so much, as a program in the process sees it. */
export async function withClock<T>(changeMs: number, work: () => T | Promise<T>): Promise<T> {
  const { now } = Date
  Date.now = () => now() + changeMs
  try {
    return await work()
  } finally {
    Date.now = now
  }
}

export const anHour = 3_600_000
