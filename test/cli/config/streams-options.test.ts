import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { resolveConfig } from '../../../cli/config/config.ts'
import { type Setting, settings } from '../../../cli/config/settings.ts'
import { streamsOptions } from '../../../cli/config/streams-options.ts'
import { streamsConfig, streamsOptionTable } from '../../../topology/runtime/config/index.ts'

const test = suite("settings that are an application's options")

const resolved = (flags: Readonly<Record<string, unknown>> = {}): ReturnType<typeof streamsOptions> =>
  streamsOptions(resolveConfig({ flags, env: {}, readFile: String }))

/** What only a program can give. */
const notSettings = ['listener']

test('every option is a setting, under some name', () => {
  const options = Object.values(settings).flatMap(row => (row as Setting<unknown>).option?.split('.')[0] ?? [])
  assert.equal([...new Set([...options, ...notSettings])].toSorted(), Object.keys(streamsOptionTable).toSorted())
})

test('the defaults of the settings are valid options', () => {
  const options = resolved()
  assert.equal(
    { ...streamsConfig(options), listener: undefined },
    {
      ...streamsConfig({ applicationId: 'sluice', brokers: ['localhost:9092'], stateDir: '.sluice', createPartitions: 4, threads: 1 }),
      listener: undefined,
    },
  )
})

test('settings with other names than the options reach them', () => {
  const { createPartitions, bootstrapWaitMs, advertise, deadLetterTopic } = resolved({
    partitions: '7',
    modelWaitMs: '50',
    advertise: 'h:1',
    deadLetterTopic: 'letters',
  })
  assert.equal([createPartitions, bootstrapWaitMs, advertise, deadLetterTopic], [7, 50, { host: 'h', port: 1 }, 'letters'])
})

test('settings and options have the same ranges', () => {
  for (const [name, setting] of Object.entries(settings)) {
    const { option, kind } = setting as Setting<unknown>
    if (option === undefined || option.includes('.') || name.includes('.')) continue
    assert.is(kind.allowed, streamsOptionTable[option as keyof typeof streamsOptionTable].kind.allowed, name)
  }
})

test.run()
