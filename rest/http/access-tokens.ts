import { carriesToken } from './bearer-token.ts'
import { HopSigner, peerKey, type SignedRequest } from '../hops/index.ts'

/**
 * The tokens that an instance accepts; it signs requests to other instances with the first. They can be replaced at any time, so that a new token
 * can be introduced while the old one is still in use.
 */
export class AccessTokens {
  readonly #applicationId: string
  #signers: ReadonlyMap<string, HopSigner>
  #peerKeys: readonly Uint8Array[]

  /** `tokens`: at least one. */
  constructor(applicationId: string, tokens: readonly string[]) {
    this.#applicationId = applicationId
    this.#signers = this.#signersOf(tokens)
    this.#peerKeys = tokens.map(token => peerKey(token, applicationId))
  }

  /** Replaces the tokens, at least one. A token that remains keeps its list of used signatures. */
  replace(tokens: readonly string[]): void {
    this.#signers = this.#signersOf(tokens, this.#signers)
    this.#peerKeys = tokens.map(token => peerKey(token, this.#applicationId))
  }

  /** The keys with which instances show each other that they belong together, of each token. */
  get peerKeys(): readonly Uint8Array[] {
    return this.#peerKeys
  }

  /** Whether the header carries one of the tokens. Always compares all of them, so that the time taken reveals nothing. */
  isCarriedBy(authorization: string | undefined): boolean {
    return [...this.#signers.keys()].filter(token => carriesToken(authorization, token)).length > 0
  }

  /** Signs with the first token; see HopSigner. */
  sign(request: SignedRequest, body: Uint8Array | undefined): string {
    const [first] = this.#signers.values()
    return (first as HopSigner).sign(request, body)
  }

  /** Verifies with each token; see HopSigner. */
  verify(signature: string, request: SignedRequest): string | undefined {
    for (const signer of this.#signers.values()) {
      const hash = signer.verify(signature, request)
      if (hash !== undefined) return hash
    }
    return undefined
  }

  #signersOf(tokens: readonly string[], kept: ReadonlyMap<string, HopSigner> = new Map()): ReadonlyMap<string, HopSigner> {
    return new Map(tokens.map(token => [token, kept.get(token) ?? new HopSigner(token, this.#applicationId)]))
  }
}

/** The tokens of an option; undefined: no token is needed. */
export function accessTokens(
  applicationId: string,
  given: string | readonly string[] | AccessTokens | undefined,
): AccessTokens | undefined {
  if (given === undefined || given instanceof AccessTokens) return given
  return new AccessTokens(applicationId, typeof given === 'string' ? [given] : given)
}
