import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runKind } from './fuzz-run.ts'
import { type KindName, kindNames } from './kinds.ts'

const test = suite('hostile inputs, a few of each kind')
const inputs: Readonly<Record<KindName, number>> = { models: 30, records: 500, requests: 150, members: 500, peers: 100 }

for (const kind of kindNames)
  test(`${kind}: nothing ends, hangs, or keeps another's from being answered, and each refusal says why`, async () => {
    const { crashes, hangs, broken, unclear, told } = await runKind({ kind, from: 1, more: seed => seed <= inputs[kind] })
    assert.equal({ crashes, hangs, broken, unclear }, { crashes: 0, hangs: 0, broken: 0, unclear: 0 }, told.join('\n'))
  })

test.run()
