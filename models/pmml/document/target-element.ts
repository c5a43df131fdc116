import type { PmmlElement } from './element.ts'

/** The model's Target of that field. */
export function targetOf(model: PmmlElement, name: string | undefined): PmmlElement | undefined {
  return model.child('Targets')?.children.find(child => child.name === 'Target' && child.get('field') === name)
}
