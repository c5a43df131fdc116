import { carriesToken } from './bearer-token.ts'
import { HopSigner, type SignedRequest } from '../hops/index.ts'

/**
 * The tokens that open an instance: each of them is taken, and hops are signed with the first. They may be exchanged at any time, so that a new one
 * can be given out while the old one is still in use.
 */
export class AccessTokens {
  readonly #applicationId: string
  #signers: ReadonlyMap<string, HopSigner>

  /** At least one. */
  constructor(applicationId: string, tokens: readonly string[]) {
    this.#applicationId = applicationId
    this.#signers = this.#signersOf(tokens)
  }

  /** A token that stays goes on refusing the signatures that it has taken. */
  replace(tokens: readonly string[]): void {
    this.#signers = this.#signersOf(tokens, this.#signers)
  }

  /** All are compared, whichever fits: the time it takes tells nothing. */
  isCarriedBy(authorization: string | undefined): boolean {
    return [...this.#signers.keys()].filter(token => carriesToken(authorization, token)).length > 0
  }

  /** As HopSigner's. */
  sign(request: SignedRequest, body: Uint8Array | undefined): string {
    const [first] = this.#signers.values()
    return (first as HopSigner).sign(request, body)
  }

  /** As HopSigner's, by whichever token fits. */
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

/** As options give them: undefined is none. */
export function accessTokens(
  applicationId: string,
  given: string | readonly string[] | AccessTokens | undefined,
): AccessTokens | undefined {
  if (given === undefined || given instanceof AccessTokens) return given
  return new AccessTokens(applicationId, typeof given === 'string' ? [given] : given)
}
