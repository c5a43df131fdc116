import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort, startLocalKafka, type LocalKafka } from '../../cli/kafka/local-kafka.ts'
import { createKafka, type Admin, type Kafka } from '../../topology/runtime/kafka/kafka-client.ts'
import { issue, makeAuthority, type Certificates, type Issued } from './certificates.ts'

export const passwords = { alice: 'alice-secret', bob: 'bob-secret' } as const

/** Kafka's codes of the resources and operations of ACLs. */
const resourceTypes = { topic: 2, group: 3, cluster: 4, transactionalId: 5 } as const
const operations = {
  all: 2,
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  describeConfigs: 10,
} as const

export interface Right {
  readonly operation: keyof typeof operations
  readonly resource: keyof typeof resourceTypes
  readonly name: string
  /** The ACL is for all names with this prefix. */
  readonly prefixed?: boolean
}

/**
 * A real broker with a listener of each kind. Clients of the plain listener (the launcher, the test) may do everything; others need rights. `alice`
 * and `bob` are users of PLAIN and SCRAM; OAUTHBEARER accepts unsigned tokens of any user; the common name of a client certificate is its user.
 */
export class SecureBroker {
  readonly plaintext: string
  readonly saslPlaintext: string
  readonly saslSsl: string
  /** The listener that requires a client certificate. */
  readonly mutualTls: string
  readonly authority: Certificates
  /** Of `alice`. */
  readonly client: Issued
  readonly kafka: Kafka
  readonly admin: Admin
  readonly #broker: LocalKafka

  private constructor(broker: LocalKafka, ports: Ports, files: { readonly authority: Certificates; readonly client: Issued }) {
    this.#broker = broker
    this.plaintext = broker.brokers
    this.saslPlaintext = `127.0.0.1:${ports.saslPlaintext}`
    this.saslSsl = `127.0.0.1:${ports.saslSsl}`
    this.mutualTls = `127.0.0.1:${ports.ssl}`
    this.authority = files.authority
    this.client = files.client
    this.kafka = createKafka({ brokers: [this.plaintext], clientId: 'test' })
    this.admin = this.kafka.admin()
  }

  static async start(dir: string, properties: Readonly<Record<string, string | number>> = {}): Promise<SecureBroker> {
    const files = join(dir, 'certificates')
    await mkdir(files, { recursive: true })
    const authority = await makeAuthority(files)
    const [server, client] = [await issue(authority, 'broker'), await issue(authority, 'alice', 'DNS:alice')]
    const port = await freePort()
    const ports = await portsBeside(port)
    const broker = await startLocalKafka({
      dir: join(dir, 'kafka'),
      port,
      heapMb: 256,
      log: () => undefined,
      properties: { ...secureProperties(port, ports, authority, server), ...properties },
      formatArgs: Object.entries(passwords).flatMap(([name, password]) => [
        '--add-scram',
        `SCRAM-SHA-512=[name=${name},password=${password}]`,
      ]),
    })
    const secure = new SecureBroker(broker, ports, { authority, client })
    await secure.admin.connect()
    return secure
  }

  /** Grants rights to a user. */
  async grant(user: string, rights: readonly Right[]): Promise<void> {
    await this.admin.createAcls({
      acl: rights.map(right => ({ ...resourceOf(right), principal: `User:${user}`, host: '*', permissionType: 3 })),
    })
  }

  /** Revokes a right. */
  async revoke(user: string, right: Right): Promise<void> {
    const filter = { ...resourceOf(right), principal: `User:${user}`, host: '*', permissionType: 3 }
    await this.admin.deleteAcls({ filters: [filter] })
  }

  async stop(): Promise<void> {
    await this.admin.disconnect()
    await this.#broker.stop()
  }
}

interface Ports {
  readonly saslPlaintext: number
  readonly saslSsl: number
  readonly ssl: number
  readonly controller: number
}

/** The launcher uses the next port for the controller, which the list of listeners has to include. */
async function portsBeside(port: number): Promise<Ports> {
  const [a, b, c] = [await freePort(), await freePort(), await freePort()]
  if (new Set([port, port + 1, a, b, c]).size < 5) return portsBeside(port)
  return { saslPlaintext: a, saslSsl: b, ssl: c, controller: port + 1 }
}

function secureProperties(port: number, ports: Ports, authority: Certificates, server: Issued): Record<string, string> {
  const listeners = {
    PLAINTEXT: port,
    SASL_PLAINTEXT: ports.saslPlaintext,
    SASL_SSL: ports.saslSsl,
    SSL: ports.ssl,
  }
  const addresses = Object.entries(listeners).map(([name, each]) => `${name}://127.0.0.1:${each}`)
  const modules = 'org.apache.kafka.common.security'
  const users = Object.entries(passwords).map(([name, password]) => `user_${name}="${password}"`)
  const jaas = Object.fromEntries(
    ['sasl_plaintext', 'sasl_ssl'].flatMap(listener => [
      [`listener.name.${listener}.plain.sasl.jaas.config`, `${modules}.plain.PlainLoginModule required ${users.join(' ')};`],
      [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`, `${modules}.scram.ScramLoginModule required;`],
      [
        `listener.name.${listener}.oauthbearer.sasl.jaas.config`,
        `${modules}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
      ],
    ]),
  )
  return {
    listeners: [...addresses, `CONTROLLER://127.0.0.1:${ports.controller}`].join(','),
    'advertised.listeners': [...addresses, `CONTROLLER://127.0.0.1:${ports.controller}`].join(','),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:PLAINTEXT',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512,OAUTHBEARER',
    ...jaas,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': server.both,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': authority.ca,
    'listener.name.ssl.ssl.client.auth': 'required',
    'ssl.principal.mapping.rules': 'RULE:^CN=([^,]+).*$/$1/,DEFAULT',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS',
  }
}

function resourceOf({ operation, resource, name, prefixed = false }: Right): {
  readonly resourceType: number
  readonly resourceName: string
  readonly resourcePatternType: number
  readonly operation: number
} {
  return {
    resourceType: resourceTypes[resource],
    resourceName: name,
    resourcePatternType: prefixed ? 4 : 3,
    operation: operations[operation],
  }
}

/** An unsigned token that the broker's own validator accepts, valid for this many seconds. */
export function unsignedToken(subject: string, seconds = 3600): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: now - 5, exp: now + seconds })}.`
}
