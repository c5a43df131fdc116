import { sluice } from '../../proto/messages.js'
import { LifeWorld } from './life-world.ts'
import { rescoreResults } from './rescore-results.ts'
import type { Finding, LifeSettings } from './scenario.ts'
import { SteadyLoad } from './steady-load.ts'
import { SteeredModels } from './steered-models.ts'
import { rowCount, wineValue } from './wines.ts'

const partitions = 4
const dataType = 'wine'
const { CHALLENGER } = sluice.ModelRole
/** So many that the bytes of the first are in their records only: the store keeps those of 16. */
const swaps = 18
/** Some records may come before an instance knows of the first model. */
const spare = 1.02

/** Under load: swaps, canaries, a third instance that joins, a kill -9; then all is stopped, and every result is scored again from Kafka alone. */
export function runLineage(settings: LifeSettings): Promise<readonly Finding[]> {
  return LifeWorld.with(settings, { join: 'broadcast', partitions }, async world => {
    const models = new SteeredModels(world, dataType, new Map())
    settings.log('lineage: two instances start')
    await world.start('a', 'b')
    world.watch()
    await models.publish(1)
    const load = await SteadyLoad.start(world.kafka, world.topic('data'), {
      rate: settings.rate,
      record: at => ({ key: Buffer.from(`key-${at % (7 * rowCount)}`), value: wineValue(dataType, at), partition: at % partitions }),
    })
    await world.effective(dataType, 1)
    models.underLoad()
    await live(world, settings, models)
    await world.answers.count(settings.results * spare)
    const sent = await load.stop()
    await world.answers.count(sent)
    await world.stop()
    settings.log(`lineage: ${sent} results are scored again`)
    const began = performance.now()
    const { results, equal, besideOthers, withoutModel, otherPolicy, byVersion, complaints } = await rescoreResults({
      kafka: world.kafka,
      applicationId: world.applicationId,
      serving: {
        dataTopic: world.topic('data'),
        modelsTopic: world.topic('models'),
        resultsTopic: world.topic('results'),
        join: world.options.join,
      },
      dataType,
      onProgress: count => settings.log(`lineage: ${count} of ${sent}`),
    })
    const seconds = ((performance.now() - began) / 1000).toFixed(0)
    const told = `${equal} equal, ${besideOthers} of them only beside other rows; ${withoutModel} from before the first model; ${seconds} s`
    return [
      { what: 'every record has one result', found: `${results} of ${sent}`, holds: results === sent },
      {
        what: 'every result, scored again from its lineage alone, is equal to the last bit',
        found: [`${results} results of ${byVersion.size} versions: ${told}`, ...complaints].join('; '),
        holds: equal + withoutModel === results && equal >= settings.results,
      },
      {
        what: 'the policy of its number has the version in the role that the result names',
        found: `${otherPolicy} of ${results} otherwise`,
        holds: otherPolicy === 0,
      },
    ]
  })
}

async function live(world: LifeWorld, { results, rate, log }: LifeSettings, models: SteeredModels): Promise<void> {
  const until = async (share: number, what: string): Promise<void> => {
    // Not before the answers are there: what is told of happens among them.
    await world.answers.count(Math.floor(results * share))
    log(`lineage: ${what}`)
  }
  await until(0.1, `${swaps} swaps`)
  for (let number = 2; number <= swaps; number++) {
    await models.publish(number)
    await world.pause((results * 0.2 * 1000) / rate / swaps)
  }
  await until(0.4, 'a canary')
  const { version = 0 } = await models.publish(swaps + 1, { role: { role: CHALLENGER, weight: 0.2 } })
  await until(0.5, 'a third instance')
  await world.start('c')
  await until(0.6, 'half of the keys')
  await models.shareByKey(version, 0.5)
  await until(0.7, 'promote, and kill -9 of the instance that has the models')
  const owner = await world.ownerOf(world.modelsTask(dataType))
  let killing: Promise<void> | undefined
  await models.control({ promote: { version } }, () => (killing = world.instance(owner).kill()))
  await killing
  await world.answers.reached(world.partitions, Date.now())
  await world.start(owner)
  await until(0.9, 'roll back')
  await models.control({ rollback: {} })
}
