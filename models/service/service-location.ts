/** The location of a model in a server, and the server's protocol, which the path determines. */
export interface ServiceLocation {
  /** `oip`: the Open Inference Protocol V2; `tensorflow`: TensorFlow Serving's REST. */
  readonly protocol: 'oip' | 'tensorflow'
  /** The model's URL, without a trailing slash. */
  readonly url: string
  /** The host and port; the port is always included. */
  readonly host: string
}

const longest = 2048
const oip = /\/v2\/models\/[^/]+(?:\/versions\/[^/]+)?$/
const tensorflow = /\/v1\/models\/[^/:]+(?:\/versions\/\d+|\/labels\/[^/:]+)?$/

/**
 * Parses bytes that consist of a location and nothing else: `http(s)://HOST[:PORT]/…/v2/models/NAME[/versions/V]` or
 * `…/v1/models/NAME[/versions/V|/labels/L]`, in ASCII, without user, query or fragment. Returns quickly for other bytes.
 */
export function serviceLocation(bytes: Uint8Array): ServiceLocation | undefined {
  if (bytes.length > longest || bytes[0] !== 0x68) return undefined
  const text = Buffer.from(bytes).toString('latin1')
  if (!/^https?:\/\/[!-~]+$/.test(text) || /[?#\\]/.test(text) || !URL.canParse(text)) return undefined
  const { protocol: scheme, hostname, port, pathname, username, password } = new URL(text)
  const protocol = oip.test(pathname) ? 'oip' : tensorflow.test(pathname) ? 'tensorflow' : undefined
  if (protocol === undefined || username !== '' || password !== '') return undefined
  const host = `${hostname}:${port || (scheme === 'https:' ? '443' : '80')}`
  return { protocol, url: `${scheme}//${host}${pathname}`, host }
}

/** Whether the bytes are the location of a model in a server. */
export function isServiceLocation(bytes: Uint8Array): boolean {
  return serviceLocation(bytes) !== undefined
}

/** The host and port of a location; undefined if the bytes are not a location. */
export function serviceHostOf(bytes: Uint8Array): string | undefined {
  return serviceLocation(bytes)?.host
}
