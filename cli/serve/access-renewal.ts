import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../base/index.ts'
import type { RestLog, RestServer } from '../../rest/index.ts'
import type { ServeConfig } from '../config/index.ts'

const lookEveryMs = 1000

export interface AccessRenewalOptions {
  readonly config: ServeConfig
  /** Reads the current settings. Throws CONFIG_INVALID. */
  readonly read: () => ServeConfig
  readonly rest: Pick<RestServer, 'renew'>
  readonly log: RestLog
}

/**
 * Reads tokens and certificates again, on request and when one of their files has changed. Other settings do not change. If the new values are
 * invalid, it logs an error and the previous ones stay in use.
 */
export class AccessRenewal {
  readonly #options: AccessRenewalOptions
  readonly #closing = new AbortController()
  #config: ServeConfig

  constructor(options: AccessRenewalOptions) {
    this.#options = options
    this.#config = options.config
  }

  /** Checks the files every second until `close`. A change counts once it is a second old, because a certificate and its key are replaced one after the other. */
  async watch(): Promise<void> {
    let [used, before] = await this.#contents().then(found => [found, found])
    while (await this.#pause()) {
      const now = await this.#contents()
      if (now !== used && now === before) {
        used = now
        this.renew('a file has changed')
      }
      before = now
    }
  }

  renew(why: string): void {
    const { read, rest, log } = this.#options
    try {
      const { tokens, tls, ...others } = read()
      if ((tokens === undefined) !== (this.#config.tokens === undefined) || (tls === undefined) !== (this.#config.tls === undefined))
        log('warn', 'turning tokens or TLS on or off needs a restart', { why })
      rest.renew({ tokens, tls })
      const changed = Object.keys(others).filter(name => !isSame(others, this.#config, name as keyof typeof others))
      log('info', 'tokens and certificates were read again', { why, ...(changed.length === 0 ? {} : { needRestart: changed }) })
      this.#config = { ...this.#config, accessFiles: others.accessFiles }
    } catch (error) {
      log('error', 'tokens and certificates could not be read again; the previous ones stay in use', { why, error: messageOf(error) })
    }
  }

  close(): void {
    this.#closing.abort()
  }

  /** The contents of all files; for an unreadable file, the error message. */
  async #contents(): Promise<string> {
    const texts = this.#config.accessFiles.map(path => readFile(path, 'utf8').catch(messageOf))
    return JSON.stringify(await Promise.all(texts))
  }

  /** Waits a second. Returns false after `close`. */
  #pause(): Promise<boolean> {
    return sleep(lookEveryMs, true, { ref: false, signal: this.#closing.signal }).catch(() => false)
  }
}

function isSame<T>(one: T, other: T, name: keyof T): boolean {
  return JSON.stringify(one[name]) === JSON.stringify(other[name])
}
