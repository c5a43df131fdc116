import { directory, listOf, type SettingKind, settingKind } from '../../base/options/index.ts'

/** A host of models. Without a port, the default port of the URL's scheme is meant. */
const modelHost: SettingKind<string> = settingKind({
  type: 'string',
  allowed: 'host or host:port',
  placeholder: 'host',
  parse: raw => (typeof raw === 'string' && /^(\[[0-9a-fA-F:.]+\]|[^\s:/,@[\]]+)(:\d{1,5})?$/.test(raw) ? raw : undefined),
})

export const modelDirectories = listOf(directory, {
  allowed: 'a list of directories',
  allowedText: 'one or more directories, separated by commas',
  placeholder: 'directory,…',
  mayBeEmpty: true,
})

export const modelHosts = listOf(modelHost, {
  allowed: 'a list of host or host:port',
  allowedText: 'one or more host or host:port, separated by commas',
  placeholder: 'host,…',
  mayBeEmpty: true,
})
