import autocannon from 'autocannon'

/** Measured cost of one kind of request. */
export interface Cost {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly errors: number
}

export interface LoadOptions {
  /** URL of the instance. */
  readonly url: string
  /** Paths that are requested one after the other. */
  readonly paths: readonly string[]
  readonly connections: number
  readonly seconds: number
  readonly token: string | undefined
}

/** Sends requests on `connections` connections for `seconds`; each connection sends the next request when it has the answer. */
export async function measure({ url, paths, connections, seconds, token }: LoadOptions): Promise<Cost> {
  let next = 0
  const took: number[] = []
  let wrong = 0
  const options = {
    url,
    connections,
    duration: seconds,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    requests: [{ setupRequest: (request: autocannon.Request) => ({ ...request, path: paths[next++ % paths.length] as string }) }],
  }
  const { errors, duration } = await new Promise<autocannon.Result>((resolve, reject) => {
    const running = autocannon(options, (error: unknown, result) => (error ? reject(asError(error)) : resolve(result)))
    // autocannon's own figures are whole milliseconds.
    running.on('response', (_client, status, _bytes, milliseconds) => {
      took.push(milliseconds)
      if (status !== 200) wrong++
    })
  })
  const sorted = took.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { perSecond: Math.round(took.length / duration), p50: at(0.5), p99: at(0.99), errors: errors + wrong }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
