import type { sluice } from '../../proto/state-messages.js'

/** A field between two models of a composite. */
export interface ModelField {
  /** Its name. */
  readonly name: string
  /** The kind of its values. */
  readonly kind: 'number' | 'text'
}

/** As it is stored. */
export function fieldOf({ name, kind }: ModelField): sluice.ModelField.$Properties {
  return { name, text: kind === 'text' }
}

/** As it was stored. */
export function plainField({ name, text }: sluice.ModelField.$Properties): ModelField {
  return { name: name ?? '', kind: text ? 'text' : 'number' }
}
