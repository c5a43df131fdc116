import type { PmmlElement } from './element.ts'

/** Whether the MiningField is what the model predicts. */
export function isTarget(mining: PmmlElement): boolean {
  const usage = mining.get('usageType')
  return usage === 'target' || usage === 'predicted'
}

/** The fields that the model says it predicts. */
export function targetNames(model: PmmlElement): string[] {
  const fields = model.needChild('MiningSchema').all('MiningField').filter(isTarget)
  return [...new Set(fields.map(field => field.need('name')))]
}
