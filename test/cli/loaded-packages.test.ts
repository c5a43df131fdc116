import { execFileSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('packages that an instance loads')

const program = `
  import { createRequire } from 'node:module'
  await import(${JSON.stringify(new URL('../../cli/serve/index.ts', import.meta.url).href)})
  const names = Object.keys(createRequire(import.meta.url).cache).map(path => /.*node_modules.((?:@[^/]+.)?[^/]+)/.exec(path)?.[1])
  console.log(JSON.stringify([...new Set(names)]))
`

/** Of the packages that an instance of plain models and records does not need, each costs every start and every thread 5 to 60 ms. */
const seldom = ['yaml', 'avsc', '@sigstore/core', 'csv-parse', '@opentelemetry/api', 'saxes']

test('what few applications need is loaded with the first record or model that needs it', () => {
  const loaded = JSON.parse(
    execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], { encoding: 'utf8' }),
  ) as readonly string[]
  assert.ok(loaded.includes('protobufjs'), `of the loaded packages only these were seen: ${loaded.join(', ')}`)
  assert.equal(
    seldom.filter(name => loaded.includes(name)),
    [],
  )
})

test.run()
