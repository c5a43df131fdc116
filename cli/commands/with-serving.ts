import type { ServingOptions } from '../../serving/index.ts'
import type { ServingSettings } from '../serve/index.ts'

/** Uses the settings of serving without an instance, and without its state directory; closes what was opened, also if the work fails. */
export async function withServing<T>(config: ServingSettings, work: (serving: ServingOptions) => Promise<T>): Promise<T> {
  const { modelServing } = await import('../serve/serving-module.ts')
  const { servingOptions } = await import('../../serving/index.ts')
  const { stateDir: _, ...settings } = config
  const serving = servingOptions(modelServing(settings))
  try {
    return await work(serving)
  } finally {
    serving.guard?.close()
    await serving.models.close()
  }
}
