import { choice, file, flag, integer, listOf, text } from '../../base/options/index.ts'
import { optionalSetting, setting, streamsSettingOr } from './setting.ts'
import { httpUrl, peer, requestHost, webOrigin } from './value-kinds.ts'

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const

const minute = 60_000

const tokens = listOf(text, { allowed: 'a list of texts', allowedText: 'text, or several with commas between', placeholder: 'token,…' })
const peers = listOf(peer, {
  allowed: 'a list of hosts, *.domain, addresses or network/bits',
  allowedText: 'hosts, *.domain, addresses or network/bits, with commas between',
  placeholder: 'host,…',
})
const hosts = listOf(requestHost, {
  allowed: 'a list of hosts, *.domain or addresses',
  allowedText: 'hosts, *.domain or addresses, with commas between',
  placeholder: 'host,…',
})
const origins = listOf(webOrigin, {
  allowed: 'a list of origins as https://host:port, or *',
  allowedText: 'origins as https://host:port with commas between, or *',
  placeholder: 'origin,…',
})

/** How an instance answers over HTTP, and what it writes to its log. */
export const restSettingTable = {
  host: setting(text, '127.0.0.1', 'address on which REST listens'),
  port: setting(integer(0, 65_535), 8888, 'port on which REST listens; 0: any free one'),
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
  peers: optionalSetting(peers, 'where other instances of the group may be asked; what the group lists elsewhere is not connected to', {
    defaultText: 'anywhere',
  }),
  allowedHosts: optionalSetting(hosts, 'names by which REST may be asked, beside loopback ones and the advertised host', {
    defaultText: 'no others where REST listens on a loopback address, any elsewhere',
  }),
  corsOrigins: optionalSetting(origins, 'whose pages a browser lets ask REST (CORS)', { defaultText: 'none' }),
  keepAliveMs: setting(integer(1000, 24 * 60 * minute), 75_000, "how long REST keeps an idle connection; longer than the balancer's", {
    unit: 'ms',
  }),
  drainMs: setting(integer(0, 60 * minute), 2000, 'after SIGTERM: how long REST answers on, not ready, before the instance stops', {
    unit: 'ms',
  }),
  serverName: setting(text, 'sluice', 'name that /v2 tells of this server; some clients made for Triton insist on "triton"'),
  tritonMetrics: setting(flag, false, "inference requests in /metrics by the Triton Inference Server's names too"),
  logLevel: setting(choice(logLevels), 'info', 'least severe log line to write'),
  url: optionalSetting(httpUrl, 'where REST answers, for commands that ask it', { defaultText: 'http://host:port' }),
} as const
