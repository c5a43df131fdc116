import type { Mend } from './mend.ts'

interface Connection {
  readonly authenticatedAt: unknown
  send(message: object): Promise<unknown>
}

export interface SaslAuthenticator {
  connection: Connection
}

export interface AuthenticatorMethods {
  authenticate: (this: SaslAuthenticator) => Promise<void>
}

interface BrokerMethods {
  isConnected: (this: {
    readonly connectionPool: { readonly sasl?: unknown; isConnected(): boolean; readonly pool: readonly Connection[] }
  }) => boolean
}

/** Wraps the method of kafkajs' SASLAuthenticator class: errors other than the broker's refusal are thrown unchanged. */
export function keepFailures(prototype: AuthenticatorMethods): void {
  const { authenticate } = prototype
  prototype.authenticate = async function () {
    const { connection } = this
    let failure: unknown
    const send = async (message: object): Promise<unknown> => {
      try {
        return await connection.send(message)
      } catch (error) {
        failure = error
        throw error
      }
    }
    this.connection = Object.create(connection, { send: { value: send } }) as Connection
    try {
      await authenticate.call(this)
    } catch (error) {
      const { type } = (failure ?? {}) as { readonly type?: unknown }
      throw failure === undefined || type === 'SASL_AUTHENTICATION_FAILED' ? error : failure
    } finally {
      this.connection = connection
    }
  }
}

/**
 * kafkajs reports any error of an authentication (a broker that stops, a timeout) as refused credentials, which are not retried. And a connection
 * that will authenticate again at its next request counts as lost, so that its transactions are given up.
 */
export const saslFailuresMend: Mend = {
  defect: 'a connection lost during authentication is reported as refused credentials, and a reauthentication as a lost connection',
  apply(modules) {
    const authenticator = modules.load('src/broker/saslAuthenticator/index.js') as { prototype: AuthenticatorMethods }
    const broker = modules.load('src/broker/index.js') as { prototype: BrokerMethods }
    keepFailures(authenticator.prototype)
    broker.prototype.isConnected = function () {
      const { connectionPool } = this
      if (!connectionPool.isConnected()) return false
      return connectionPool.sasl === undefined || connectionPool.pool.some(({ authenticatedAt }) => authenticatedAt !== null)
    }
  },
}
