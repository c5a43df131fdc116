import type { sluice } from '../../proto/state-messages.js'

/** A field between two models of a composite. */
export interface ModelField {
  /** Its name. */
  readonly name: string
  /** The kind of its values. */
  readonly kind: 'number' | 'text'
}

/** Fields as they are stored: those of one output that follow each other, of which there may be thousands, as one. */
export function storedFields(fields: readonly ModelField[]): sluice.ModelField.$Properties[] {
  const stored: { name: string; text: boolean; count?: number; from?: number }[] = []
  for (let at = 0; at < fields.length;) {
    const { name, kind } = fields[at] as ModelField
    const text = kind === 'text'
    const [, output, index] = /^(.*)\[(0|[1-9]\d{0,8})\]$/s.exec(name) ?? []
    const from = Number(index)
    let count = 1
    if (output !== undefined) while (isField(fields[at + count], `${output}[${from + count}]`, kind)) count++
    stored.push(count === 1 ? { name, text } : { name: output as string, text, count, from })
    at += count
  }
  return stored
}

/** The fields of those that were stored. */
export function plainFields(stored: readonly sluice.ModelField.$Properties[]): readonly ModelField[] {
  return stored.flatMap(({ name, text, count, from }): ModelField[] => {
    const kind = text ? 'text' : 'number'
    if (!count) return [{ name: name ?? '', kind }]
    return Array.from({ length: count }, (_, at) => ({ name: `${name ?? ''}[${(from ?? 0) + at}]`, kind }))
  })
}

function isField(field: ModelField | undefined, name: string, kind: ModelField['kind']): boolean {
  return field?.name === name && field.kind === kind
}
