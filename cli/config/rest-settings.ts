import { choice, file, integer } from '../../base/options/index.ts'
import { restOptionTable as rest, tokens } from '../../rest/options/index.ts'
import { optionalSetting, setting, settingOf, streamsSettingOr } from './setting.ts'
import { httpUrl } from './value-kinds.ts'

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const

const minute = 60_000

/** How an instance answers over HTTP, and what it writes to its log. */
export const restSettingTable = {
  host: settingOf(rest.host),
  port: setting(integer(0, 65_535), 8888, rest.port.meaning),
  advertise: streamsSettingOr('advertise', undefined, { defaultText: 'host:port' }),
  token: optionalSetting(
    tokens,
    'bearer tokens that REST asks for, one of them; the first is what this one asks others with; better given by tokenFile or the environment',
    { secret: true },
  ),
  tokenFile: optionalSetting(file, 'file that holds the tokens, one a line; read again when it changes, and at SIGHUP'),
  tlsCert: optionalSetting(
    file,
    "PEM file of REST's certificate: it then speaks https only, and asks other instances by https; read again when it changes, and at SIGHUP",
  ),
  tlsKey: optionalSetting(file, "PEM file of the certificate's key"),
  tlsCa: optionalSetting(file, "PEM file of the authorities that vouch for the instances' certificates", { defaultText: "the system's" }),
  peers: settingOf(rest.peers),
  allowedHosts: settingOf(rest.allowedHosts),
  corsOrigins: settingOf(rest.corsOrigins),
  keepAliveMs: settingOf(rest.keepAliveMs),
  drainMs: setting(integer(0, 60 * minute), 2000, 'after SIGTERM: how long REST answers on, not ready, before the instance stops', {
    unit: 'ms',
  }),
  serverName: settingOf(rest.serverName),
  tritonMetrics: settingOf(rest.tritonMetrics),
  logLevel: setting(choice(logLevels), 'info', 'least severe log line to write'),
  url: optionalSetting(httpUrl, 'where REST answers, for commands that ask it', { defaultText: 'http://host:port' }),
} as const
