// OAUTHBEARER: tokens from a file, a command or an OIDC endpoint.
// The only part of the Kafka client that sends HTTP requests.
// Not here: other SASL mechanisms.
export { type OAuthBearer, oauthMechanism } from './oauth-bearer.ts'
export type { TokenEndpoint, TokenSource } from './oauth-token.ts'
