import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../../../base/sluice-error.ts'
import { mendedModule } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { kafkajsModules } from '../../../../../topology/runtime/kafka/kafkajs-mends/kafkajs-modules.ts'
import { steadyClockMend, timedModules } from '../../../../../topology/runtime/kafka/kafkajs-mends/steady-clock.ts'
import { anHour, withClock } from '../../../../support/set-clock.ts'
import { plainModule } from './plain-module.ts'

type MakeRequest = new (options: object) => { send(): void; readonly sentAt: number }

const path = 'src/network/requestQueue/socketRequest.js'
const test = suite('the clock of kafkajs')

/** By how much a request seems to have been sent later than one that was sent an hour of the machine's clock before. */
async function apart(Request: MakeRequest): Promise<number> {
  const sent = (): number => {
    const request = new Request({ entry: {}, broker: 'b', expectResponse: false, send: () => undefined, timeout: () => undefined })
    request.send()
    return request.sentAt
  }
  const before = sent()
  return (await withClock(-anHour, sent)) - before
}

test('changes of the clock do not affect durations', async () => {
  assert.ok((await apart(plainModule(path) as MakeRequest)) < -anHour / 2, 'kafkajs as it comes is led astray')
  const mended = await apart(mendedModule(path) as MakeRequest)
  assert.ok(mended >= 0 && mended < 1000, `${mended} ms`)
})

test('a module that is loaded already keeps its clock', () => {
  const modules = kafkajsModules()
  modules.load(timedModules[0] as string)
  assert.throws(
    () => steadyClockMend.apply(modules),
    (error: SluiceError) => error.code === 'CLIENT_UNSUPPORTED' && /was loaded before its clock was set/.test(error.message),
  )
})

test.run()
