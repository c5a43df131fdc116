import { choice, file, integer, nodeAuthorities } from '../../base/options/index.ts'
import { restOptionTable as rest, tokens } from '../../rest/options/index.ts'
import { optionalSetting, setting, settingOf, streamsSettingOr } from './setting.ts'
import { baseUrl } from './value-kinds.ts'

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const

const minute = 60_000

/** The settings of REST and of the log. */
export const restSettingTable = {
  host: settingOf(rest.host),
  port: setting(integer(0, 65_535), 8888, rest.port.meaning),
  advertise: streamsSettingOr('advertise', undefined, { defaultText: 'host:port' }),
  token: optionalSetting(
    tokens,
    'bearer tokens that REST accepts; requests to other instances send the first one; tokenFile or the environment variable is safer than the flag',
    { secret: true },
  ),
  tokenFile: optionalSetting(file, 'file of the tokens, one per line; read again when it changes and on SIGHUP'),
  tlsCert: optionalSetting(
    file,
    'PEM file of the certificate of REST, which then uses https only, also for requests to other instances; read again when it changes and on SIGHUP',
  ),
  tlsKey: optionalSetting(file, "PEM file of the certificate's key"),
  tlsCa: optionalSetting(file, "PEM file of the certificate authorities that are trusted for the instances' certificates", {
    defaultText: nodeAuthorities,
  }),
  peers: settingOf(rest.peers),
  allowedHosts: settingOf(rest.allowedHosts),
  corsOrigins: settingOf(rest.corsOrigins),
  keepAliveMs: settingOf(rest.keepAliveMs),
  maxConnections: settingOf(rest.maxConnections),
  maxConnectionsPerAddress: settingOf(rest.maxConnectionsPerAddress),
  healthPort: settingOf(rest.healthPort),
  drainMs: setting(
    integer(0, 60 * minute),
    2000,
    'time after SIGTERM during which REST reports that it is not ready but still answers; then the instance stops',
    {
      unit: 'ms',
    },
  ),
  serverName: settingOf(rest.serverName),
  tritonMetrics: settingOf(rest.tritonMetrics),
  logLevel: setting(choice(logLevels), 'info', 'lowest severity of the log lines that are written'),
  url: optionalSetting(baseUrl, 'URL of an instance, for commands that send requests to it', { defaultText: 'http://host:port' }),
} as const
