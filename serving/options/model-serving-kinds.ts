import { directory, file, isObject, listOf, plainCopy, type SettingKind, settingKind } from '../../base/options/index.ts'
import type { SpeculativePolicies } from './policy.ts'

/** A host of models. Without a port, the default port of the URL's scheme is meant. */
const modelHost: SettingKind<string> = settingKind({
  type: 'string',
  allowed: 'host or host:port',
  placeholder: 'host',
  parse: raw => (typeof raw === 'string' && /^(\[[0-9a-fA-F:.]+\]|[^\s:/,@[\]]+)(:\d{1,5})?$/.test(raw) ? raw : undefined),
})

/** Policies by data type: in a program and in YAML an object, as text JSON. What is within is checked by `checkedPolicy`. */
export const policies: SettingKind<SpeculativePolicies> = settingKind({
  type: 'SpeculativePolicies',
  allowed: 'an object of policies by data type',
  allowedText: 'an object of policies by data type; as text, JSON',
  placeholder: 'json',
  copy: plainCopy,
  accepts: isObject,
  parse: raw => {
    try {
      const given: unknown = typeof raw === 'string' ? JSON.parse(raw) : raw
      return isObject(given) ? (given as SpeculativePolicies) : undefined
    } catch {
      return undefined
    }
  },
})

export const modelDirectories = listOf(directory, {
  allowed: 'a list of directories',
  allowedText: 'one or more directories, separated by commas',
  placeholder: 'directory,…',
  mayBeEmpty: true,
})

/** PEM files. An empty list is refused: it would trust nobody, and looks like a setting that is off. */
export const pemFiles = listOf(file, {
  allowed: 'a list of one or more files',
  allowedText: 'one or more files, separated by commas',
  placeholder: 'file,…',
})

export const modelHosts = listOf(modelHost, {
  allowed: 'a list of host or host:port',
  allowedText: 'one or more host or host:port, separated by commas',
  placeholder: 'host,…',
  mayBeEmpty: true,
})
