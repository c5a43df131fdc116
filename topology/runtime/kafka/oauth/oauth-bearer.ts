import { messageOf } from '../../../../base/index.ts'
import { TokenCache, TokenRefused, type TokenSource } from './oauth-token.ts'

/** SASL by bearer token (KIP-255, RFC 7628). */
export interface OAuthBearer {
  /** Distinguishes these settings from those of other mechanisms. */
  readonly mechanism: 'oauthbearer'
  /** The source of the tokens. */
  readonly token: TokenSource
  /** Further values that a broker needs, such as Confluent's `logicalCluster` and `identityPoolId`. */
  readonly extensions?: Readonly<Record<string, string>> | undefined
}

/** The arguments that kafkajs passes to a mechanism of the application. */
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

/** The tokens outlive the clients that use them (a probe, an admin, a consumer). */
const caches = new WeakMap<TokenSource, TokenCache>()
const separator = '\u0001'

/**
 * The OAUTHBEARER mechanism for kafkajs. kafkajs' own does not read the broker's answer: it takes a refused token for accepted, and the connection
 * closes at the next request without a reason.
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
        // A challenge means that the broker refuses the token. Its error message follows after the client has acknowledged this.
        const reason = challenge.toString()
        throw await saslAuthenticate(message(separator)).then(
          () => refused(reason),
          (error: unknown) => refusalOf(error, words => refused(`${words} ${reason}`)),
        )
      },
    }),
  }
}

/** The error for a token that the broker refused; other errors, such as a lost connection, are returned as they are. */
function refusalOf(error: unknown, refused: (reason: string) => Error): unknown {
  return (error as { readonly type?: unknown }).type === 'SASL_AUTHENTICATION_FAILED' ? refused(messageOf(error)) : error
}

/** The request and response of kafkajs, both preceded by their length. */
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
