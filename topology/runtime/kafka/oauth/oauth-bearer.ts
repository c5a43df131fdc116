import { messageOf } from '../../../../base/index.ts'
import { TokenCache, TokenRefused, type TokenSource } from './oauth-token.ts'

/** SASL by bearer token (KIP-255, RFC 7628). */
export interface OAuthBearer {
  /** What tells it from other mechanisms. */
  readonly mechanism: 'oauthbearer'
  /** Where the tokens come from. */
  readonly token: TokenSource
  /** What a broker asks for beside the token, such as Confluent's `logicalCluster` and `identityPoolId`. */
  readonly extensions?: Readonly<Record<string, string>> | undefined
}

/** What kafkajs gives a mechanism that is not its own. */
interface Exchange {
  readonly host: string
  readonly port: number
  readonly saslAuthenticate: (message: {
    readonly request: { encode(): Promise<Buffer> }
    readonly response: { decode(bytes: Buffer): Promise<Buffer>; parse(bytes: Buffer): Promise<Buffer> }
  }) => Promise<Buffer | undefined>
}

export interface OAuthMechanism {
  readonly mechanism: 'oauthbearer'
  readonly authenticationProvider: (exchange: Exchange) => { authenticate(): Promise<void> }
}

/** Clients come and go (a probe, an admin, a consumer); the token stays. */
const caches = new WeakMap<TokenSource, TokenCache>()
const separator = '\u0001'

/**
 * kafkajs' own OAUTHBEARER does not look at the broker's answer: a token that is refused counts as taken, and the connection breaks at the next
 * request without a reason.
 */
export function oauthMechanism({ token: source, extensions = {} }: OAuthBearer): OAuthMechanism {
  let cache = caches.get(source)
  if (cache === undefined) caches.set(source, (cache = new TokenCache(source)))
  const tokens = cache
  return {
    mechanism: 'oauthbearer',
    authenticationProvider: ({ host, port, saslAuthenticate }) => ({
      async authenticate() {
        const told = Object.entries(extensions).map(([name, value]) => `${name}=${value}${separator}`)
        const first = `n,,${separator}auth=Bearer ${await tokens.get()}${separator}${told.join('')}${separator}`
        const refused = (reason: string): TokenRefused => {
          tokens.forget()
          return new TokenRefused(`SASL OAUTHBEARER authentication failed: ${host}:${port} did not take the token: ${reason}`)
        }
        let challenge: Buffer | undefined
        try {
          challenge = await saslAuthenticate(message(first))
        } catch (error) {
          throw refusalOf(error, refused)
        }
        if (challenge === undefined || challenge.length === 0) return
        // The broker has said no, and tells why in words once it has been told that this was understood.
        const reason = challenge.toString()
        throw await saslAuthenticate(message(separator)).then(
          () => refused(reason),
          (error: unknown) => refusalOf(error, words => refused(`${words} ${reason}`)),
        )
      },
    }),
  }
}

/** A broker's no; a connection that broke meanwhile stays what it is. */
function refusalOf(error: unknown, refused: (reason: string) => Error): unknown {
  return (error as { readonly type?: unknown }).type === 'SASL_AUTHENTICATION_FAILED' ? refused(messageOf(error)) : error
}

/** With its length before it, as the answer's. */
function message(text: string): Parameters<Exchange['saslAuthenticate']>[0] {
  const bytes = Buffer.from(text)
  const framed = Buffer.alloc(4 + bytes.length)
  framed.writeInt32BE(bytes.length)
  bytes.copy(framed, 4)
  return {
    request: { encode: () => Promise.resolve(framed) },
    response: { decode: answer => Promise.resolve(answer), parse: answer => Promise.resolve(answer.subarray(4)) },
  }
}
