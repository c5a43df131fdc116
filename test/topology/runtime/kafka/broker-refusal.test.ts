import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { refusalOf } from '../../../../topology/runtime/kafka/broker-refusal.ts'

const test = suite('the reason why a broker cannot be used')
const asked = { brokers: ['b:9092'] }
const failure = (fields: object, message = 'm'): Error => Object.assign(new Error(message), { name: 'KafkaJSConnectionError', ...fields })

const table: readonly (readonly [object, string, object, boolean, RegExp])[] = [
  [{ code: 'SELF_SIGNED_CERT_IN_CHAIN', broker: 'b:9092' }, 'm', { ssl: true }, true, /certificate of b:9092 comes from .* ssl\.ca/],
  [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID', broker: 'b:9092' }, 'm', { ssl: true }, true, /does not name this address/],
  [{ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', broker: 'b:9092' }, 'm', { ssl: true }, true, /ssl\.cert and ssl\.key/],
  [{ code: 'ERR_SSL_WRONG_VERSION_NUMBER', broker: 'b:9092' }, 'm', { ssl: true }, true, /does not use TLS at that port/],
  [{ broker: 'b:9092' }, 'Closed connection', {}, false, /it expects TLS \(ssl\) or SASL \(sasl\) at that port/],
  [
    { code: 'ECONNRESET', broker: 'b:9092' },
    'Connection error: Client network socket disconnected before secure TLS connection was established',
    { ssl: true },
    false,
    /it is shutting down, or it does not use TLS at that port: use the port of its TLS listener, or omit ssl$/,
  ],
  [{ code: 'ECONNREFUSED', broker: 'b:9092' }, 'm', {}, false, /nothing listens at b:9092 \(ECONNREFUSED\)$/],
  [{ code: 'ENOTFOUND', broker: 'inner:9092' }, 'm', {}, false, /host name of inner:9092 cannot be resolved .*advertised\.listeners/],
  [{ name: 'KafkaJSSASLAuthenticationError' }, 'no', { sasl: { mechanism: 'plain', username: 'me' } }, true, /^no for user me; check sasl/],
  [{ name: 'KafkaJSProtocolError', type: 'ILLEGAL_SASL_STATE' }, 'm', {}, true, /omit sasl/],
  [{ name: 'KafkaJSProtocolError', type: 'UNSUPPORTED_SASL_MECHANISM' }, 'it takes PLAIN', {}, true, /it takes PLAIN; set sasl\.mechanism/],
  [{ name: 'Error' }, 'something else', {}, false, /^something else$/],
]

for (const [fields, message, settings, final, expected] of table) {
  test(`${JSON.stringify(fields)}: ${String(expected)}`, () => {
    const outer = new Error('outer', { cause: failure(fields, message) })
    const refusal = refusalOf('name' in fields && fields.name === 'Error' ? new Error(message) : outer, { ...asked, ...settings })
    assert.is(refusal.final, final)
    assert.match(refusal.message, expected)
  })
}

test.run()
