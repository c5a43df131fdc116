/** A function of a program that is told of something: what it throws, or its promise rejects with, changes nothing for the caller. */
export function isolated<A extends readonly unknown[]>(told: (...what: A) => unknown): (...what: A) => void {
  return (...what) => {
    try {
      const answer = told(...what)
      // A promise may be one of another realm or library.
      if (typeof answer === 'object' && answer !== null) Promise.resolve(answer).catch(() => undefined)
    } catch {
      // Failures are reported by such functions: there is no other place for their own.
    }
  }
}
