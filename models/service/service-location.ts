/** Where a model lives in a server, and what the server speaks: told from the path. */
export interface ServiceLocation {
  /** `oip`: the Open Inference Protocol V2; `tensorflow`: TensorFlow Serving's REST. */
  readonly protocol: 'oip' | 'tensorflow'
  /** The model's own URL, without a slash at its end. */
  readonly url: string
  /** Host and port, the port named even where it is the scheme's own. */
  readonly host: string
}

const longest = 2048
const oip = /\/v2\/models\/[^/]+(?:\/versions\/[^/]+)?$/
const tensorflow = /\/v1\/models\/[^/:]+(?:\/versions\/\d+|\/labels\/[^/:]+)?$/

/**
 * The location that the bytes are, when they are nothing else: `http(s)://HOST[:PORT]/…/v2/models/NAME[/versions/V]` or
 * `…/v1/models/NAME[/versions/V|/labels/L]`, in ASCII, without user, query or fragment. Quick on bytes that are something else.
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

/** The host and port of a location; undefined when the bytes are none. */
export function serviceHostOf(bytes: Uint8Array): string | undefined {
  return serviceLocation(bytes)?.host
}
