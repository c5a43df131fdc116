/**
 * What the OpenSSF's tool signed before its version 1.0 in place of DSSE's pre-authentication encoding: another beginning, and the payload as Python writes
 * bytes. No text is an encoding of both kinds, as their first words differ.
 */
export function formerEncoding(payloadType: string, payload: Uint8Array): Buffer {
  return Buffer.from(`DSSEV1 ${payloadType.length} ${payloadType} ${payload.length} ${pythonBytes(payload)}`)
}

const named: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 92: '\\\\' }

/** `repr(bytes)`. */
function pythonBytes(bytes: Uint8Array): string {
  const quote = bytes.includes(39) && !bytes.includes(34) ? '"' : "'"
  const parts: string[] = []
  for (const byte of bytes) {
    const sign = String.fromCharCode(byte)
    if (sign === quote) parts.push(`\\${quote}`)
    else parts.push(named[byte] ?? (byte < 32 || byte > 126 ? `\\x${byte.toString(16).padStart(2, '0')}` : sign))
  }
  return `b${quote}${parts.join('')}${quote}`
}
