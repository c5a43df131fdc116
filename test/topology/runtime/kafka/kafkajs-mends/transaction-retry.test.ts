import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mendedModule } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { plainModule } from './plain-module.ts'

type CreateEosManager = (options: unknown) => unknown
interface Retry {
  readonly initialRetryTime: number
}

const path = 'src/producer/eosManager/index.js'
const quiet = (): void => undefined
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet }
const test = suite('transaction retry')

test('the retry options that kafkajs reads are set, unless they are configured', () => {
  const retryOf = (create: CreateEosManager, retry?: Retry): Retry | undefined => {
    const cluster: { retry?: Retry } = retry ? { retry } : {}
    create({ logger, cluster, transactional: false })
    return cluster.retry
  }
  const [plain, mended] = [plainModule(path) as CreateEosManager, mendedModule(path) as CreateEosManager]
  assert.is(retryOf(plain), undefined)
  assert.ok((retryOf(mended)?.initialRetryTime ?? 300) < 100)
  assert.equal(retryOf(mended, { initialRetryTime: 7 }), { initialRetryTime: 7 })
})

test.run()
