import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether an Authorization header carries the token. The time taken reveals nothing about the token or its length. */
export function carriesToken(authorization: string | undefined, token: string): boolean {
  const given = /^bearer +(.*)$/i.exec(authorization ?? '')?.[1]
  return timingSafeEqual(digest(given ?? ''), digest(token)) && given !== undefined
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
