import { choice, file, flag, listOf, nodeAuthorities, text } from '../../base/options/index.ts'
import { saslOptions, saslMechanisms } from '../../topology/runtime/config/index.ts'
import { optionalSetting, settingWithin, streamsSettingOr } from './setting.ts'
import { saslExtension, tokenUrl } from './value-kinds.ts'

const hidden = { secret: true, noFlag: true }
const { password, token, endpoint } = saslOptions

/** The settings of the connection to the brokers. */
export const kafkaSettingTable = {
  brokers: streamsSettingOr('brokers', ['localhost:9092'], { otherEnv: ['KAFKA_BROKERS'] }),
  'ssl.enabled': optionalSetting(flag, 'connect to the brokers by TLS', {
    option: 'ssl',
    defaultText: 'off, unless another ssl setting is set',
  }),
  'ssl.ca': optionalSetting(file, "PEM file of the certificate authorities that are trusted for the brokers' certificates", {
    option: 'ssl.ca',
    defaultText: nodeAuthorities,
  }),
  'ssl.cert': optionalSetting(file, 'PEM file of the client certificate', { option: 'ssl.cert' }),
  'ssl.key': optionalSetting(file, "PEM file of the client certificate's key", { option: 'ssl.key' }),
  'ssl.passphrase': optionalSetting(text, "passphrase of the client certificate's key", { ...hidden, option: 'ssl.passphrase' }),
  'sasl.mechanism': optionalSetting(choice(saslMechanisms), 'SASL mechanism', {
    option: 'sasl.mechanism',
    defaultText: 'plain if a username is set, oauthbearer if a token setting is',
  }),
  'sasl.username': settingWithin(password.username, 'sasl.username'),
  'sasl.password': settingWithin(password.password, 'sasl.password', hidden),
  'sasl.tokenFile': settingWithin(token.file, 'sasl.token.file'),
  'sasl.tokenCommand': settingWithin(token.command, 'sasl.token.command'),
  'sasl.tokenUrl': optionalSetting(tokenUrl, token.url.meaning, { option: 'sasl.token.url' }),
  'sasl.tokenCa': optionalSetting(file, "PEM file of the certificate authorities that are trusted for the token endpoint's certificate", {
    option: 'sasl.token.ca',
    defaultText: nodeAuthorities,
  }),
  'sasl.clientId': settingWithin(endpoint.clientId, 'sasl.token.clientId'),
  'sasl.clientSecret': settingWithin(endpoint.clientSecret, 'sasl.token.clientSecret', hidden),
  'sasl.scope': settingWithin(endpoint.scope, 'sasl.token.scope'),
  'sasl.extensions': optionalSetting(
    listOf(saslExtension, {
      allowed: 'a list of name=value',
      allowedText: 'one or more name=value, separated by commas',
      placeholder: 'name=value,…',
    }),
    'SASL extensions that are sent with the token (KIP-342)',
    { option: 'sasl.extensions' },
  ),
} as const
