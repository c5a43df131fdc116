import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LoadedModels } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import { modelStateStore } from '../../stores/index.ts'
import { SigningFiles } from '../models/signing/signing-authority.ts'
import { type Control, controlRecord, modelRecord, present, servingOptions, shiftedSum } from './serving-driver.ts'
import { ServingTask } from './serving-task.ts'

const { CHALLENGER, FALLBACK } = sluice.ModelRole
const files = new SigningFiles()
const own = files.key()
const version = (number: number): sluice.VersionRef.$Properties => ({ version: number })

const test = suite('controls beside versions that cannot be loaded any more')
test.after(() => files.remove())

interface Asked {
  /** Which of the versions 1, 2, … are signed. */
  readonly signed: readonly boolean[]
  readonly before?: readonly Control[]
  readonly after: Control
}

/** Models and controls while no keys are trusted; then a start with keys, and one more control. */
async function restarted(
  { signed, before = [], after }: Asked,
  look: (task: ServingTask, state: NonNullable<ReturnType<ServingTask['store']['state']>>) => void,
): Promise<void> {
  let offset = 0
  const control = (task: ServingTask, asked: Control): Promise<void> =>
    task.publish({ offset: offset++, value: controlRecord('wine', asked) })
  const stores = [await modelStateStore().open(undefined), await modelStateStore().open(undefined)] as const
  const open = (at: 0 | 1, keys: object): Promise<ServingTask> =>
    ServingTask.open(servingOptions({ models: new LoadedModels(), ...keys }), { store: stores[at].store, close: () => Promise.resolve() })
  const first = await open(0, {})
  for (const [at, isSigned] of signed.entries()) {
    const bytes = shiftedSum(at)
    const signature = isSigned ? await own.signing.sign('model', bytes) : new Uint8Array()
    await first.publish({ offset: offset++, value: modelRecord({ dataType: 'wine', name: `m${at + 1}`, bytes, signature }) })
  }
  for (const asked of before) await control(first, asked)
  assert.equal(first.refused, [])
  await first.close()
  await stores[1].restore(stores[0].prepareCommit(), { changelogOffset: 1 })
  const task = await open(1, { trustedKeys: own.trusted })
  await control(task, after)
  look(task, present(task.store.state('wine')))
  await task.close()
}

const waits = { promote: version(1), effectiveFrom: 1000 }
const taken: Readonly<Record<string, Asked & { readonly champion: number; readonly waiting?: number }>> = {
  'a cancellation, where the champion cannot': {
    signed: [false, true, false],
    before: [waits],
    after: { cancel: { all: true } },
    champion: 3,
  },
  'a promotion, where what waits for its time cannot': {
    signed: [false, true, true],
    before: [waits],
    after: { promote: version(2) },
    champion: 2,
    waiting: 1,
  },
  'a promotion, where the fallback cannot': {
    signed: [false, true, false],
    before: [{ setRole: { of: version(1), role: FALLBACK } }],
    after: { promote: version(2) },
    champion: 2,
  },
  'a retirement, where the champion cannot': {
    signed: [true, false],
    before: [{ setRole: { of: version(1), role: CHALLENGER, weight: 0.5 } }],
    after: { retire: version(1) },
    champion: 2,
  },
}
for (const [what, { champion, waiting, ...asked }] of Object.entries(taken))
  test(`${what}, is taken`, () =>
    restarted(asked, (task, state) => {
      assert.equal([task.refused, state.current, state.waiting?.length], [[], champion, waiting])
    }))

const refused: Readonly<Record<string, Asked>> = {
  'that is promoted': { signed: [false, true], after: { promote: version(1) } },
  'that is promoted, and had another role': {
    signed: [false, true],
    before: [{ setRole: { of: version(1), role: FALLBACK } }],
    after: { promote: version(1) },
  },
  'that is promoted before its time': { signed: [false, true], before: [waits], after: { promote: version(1) } },
  'that is to wait for a time': { signed: [false, true], after: waits },
}
for (const [what, asked] of Object.entries(refused))
  test(`a version ${what} has to be loaded`, () =>
    restarted(asked, (task, state) => {
      assert.match(task.refused.join(), /model "m1" version 1 cannot be loaded: the model has no signature/)
      assert.is(state.current, 2)
    }))

test.run()
