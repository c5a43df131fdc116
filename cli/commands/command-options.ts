import { type Command, InvalidArgumentError, Option } from 'commander'
import { kafkaSettings, restSettings, settingOptions, settings, type SettingName } from '../config/index.ts'

/** The options that `addClientOptions` and `addRestOptions` add besides the flags of settings. */
export interface ClientFlags extends Readonly<Record<string, unknown>> {
  /** Seconds. */
  readonly timeout: number
  readonly json?: boolean
}

export type RestFlags = ClientFlags

/** Number of partitions of an input topic that a command creates, if the other input topic does not exist. */
export const defaultPartitions = settings.partitions.default

function configOption(): Option {
  return new Option('--config <file>', 'YAML file of settings (env: SLUICE_CONFIG)')
}

function jsonOption(): Option {
  return new Option('--json', 'print JSON, one value per line (the default unless standard output is a terminal)')
}

/** What it takes to score a record again: how data is read, and which places of models are allowed. */
export const rescoringSettings = [
  'data.format',
  'data.schema',
  'data.message',
  'data.dataTypeField',
  'data.features',
  'modelRoots',
  'modelHosts',
  'codeRoots',
  'trustedKeys',
] as const satisfies readonly SettingName[]

/** Adds the named settings, and the options of commands that need no Kafka. */
export function addLocalOptions(command: Command, names: readonly SettingName[]): Command {
  for (const option of [...settingOptions(names), jsonOption(), configOption()]) command.addOption(option)
  return command
}

/** Adds the named settings, and the options of all commands that connect to Kafka. */
export function addClientOptions(command: Command, names: readonly SettingName[]): Command {
  for (const option of [...settingOptions(names), jsonOption()]) command.addOption(option)
  const connection = [
    configOption(),
    new Option('--timeout <seconds>', 'how long to wait for a broker that does not answer').default(30).argParser(positiveNumber),
    ...settingOptions(kafkaSettings),
  ]
  for (const option of connection) command.addOption(option.helpGroup('Connection:'))
  return command
}

/** Adds the options of all commands that send requests to an instance. */
export function addRestOptions(command: Command): Command {
  const timeout = new Option('--timeout <seconds>', 'how long to wait for the answer').default(10).argParser(positiveNumber)
  command.addOption(jsonOption())
  for (const option of [configOption(), timeout, ...settingOptions(restSettings)]) command.addOption(option.helpGroup('Connection:'))
  return command
}

/** Parses an option that is a count. */
export function positiveInteger(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value)) throw new InvalidArgumentError('Allowed: a whole number above 0.')
  return value
}

export function positiveNumber(text: string): number {
  const value = Number(text)
  if (!/^\d*\.?\d+$/.test(text) || value <= 0 || value > 1e9) throw new InvalidArgumentError('Allowed: a number above 0 and at most 1e9.')
  return value
}

/** Parses an event time: ISO 8601, or ms since the epoch. */
export function eventTime(text: string): string {
  const time = /^\d{1,16}$/.test(text) ? Number(text) : Date.parse(text)
  if (!(time > 0)) throw new InvalidArgumentError('Allowed: ISO 8601 with a zone, such as 2026-01-31T12:00:00Z, or ms since the epoch.')
  return text
}

/** Parses a text that must not be empty, such as a key or a data type. */
export function someText(text: string): string {
  if (text === '') throw new InvalidArgumentError('Allowed: text that is not empty.')
  return text
}

/** Parses a comma-separated list of texts that mean a missing value. */
export function missingTexts(text: string): ReadonlySet<string> {
  return new Set(someText(text).split(','))
}
