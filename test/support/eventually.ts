/** Calls `ask` until `good` accepts the answer, for at most a minute. Returns the last answer, so that the test can report it. */
export async function eventually<T>(ask: () => Promise<T> | T, good: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const answer = await ask()
    if (good(answer) || tries >= 600) return answer
    await new Promise(resolve => {
      setTimeout(resolve, 100)
    })
  }
}

/** Waits until the check no longer throws, for at most a minute; then fails as the check does. For what comes by message, from another process, or late. */
export async function holds(check: () => Promise<void> | void): Promise<void> {
  const failed = await eventually(
    async () => {
      try {
        await check()
        return false
      } catch {
        return true
      }
    },
    failure => !failure,
  )
  if (failed) await check()
}
