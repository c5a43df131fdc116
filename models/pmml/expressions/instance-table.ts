import { type PmmlElement, type DataType, parseValue } from '../document/index.ts'
import { evaluate } from './evaluate.ts'
import { Row, isNoResult } from './row.ts'
import type { Field, Scope } from './scope.ts'
import { cellsOf, columnName } from './table-expressions.ts'

type Instance = ReturnType<typeof cellsOf>

/** The training instances of a NearestNeighborModel, and the column of each of their fields. */
export interface InstanceTable {
  readonly columns: ReadonlyMap<string, string>
  readonly rows: readonly Instance[]
}

export function instanceTable(model: PmmlElement): InstanceTable {
  const training = model.needChild('TrainingInstances')
  const fields = training.needChild('InstanceFields').all('InstanceField')
  const table = training.child('InlineTable') ?? training.fail('has no InlineTable: instances outside the document are not supported')
  return {
    columns: new Map(fields.map(field => [field.need('field'), columnName(field.get('column') ?? field.need('field'))])),
    rows: table.all('row').map(cellsOf),
  }
}

/** Computes, for each instance, the DerivedFields by which rows are compared, from the fields that the instance has. */
export class InstanceFields {
  readonly #scope: Scope
  readonly #given: readonly { readonly field: Field; readonly column: string }[]
  #instance: Instance | undefined
  #row: Row | undefined
  /** Whether `#row` has the values of `#instance`. */
  #filled = false

  constructor(scope: Scope, user: PmmlElement, columns: ReadonlyMap<string, string>) {
    this.#scope = scope
    this.#given = [...columns].flatMap(([name, column]) => {
      const field = scope.find(name, user)
      return field === undefined ? [] : [{ field, column }]
    })
  }

  /** Selects the instance for the next calls of `make`. */
  take(instance: Instance): void {
    this.#instance = instance
    this.#filled = false
  }

  /** The value of the DerivedField; NaN if the slot is no DerivedField's, or the instance has no value for it. */
  make(slot: number, type: DataType): number {
    const { symbols, slots, functions } = this.#scope.compilation
    if (slots[slot]?.kind !== 'derived') return NaN
    const row = (this.#row ??= new Row({ slots, texts: symbols.texts, functions }, evaluate))
    if (!this.#filled) {
      row.start(0, 0)
      for (const { field, column } of this.#given) {
        const text = this.#instance?.cells.get(column)
        if (text !== undefined) row.values[field.slot] = parseValue(field.type, text, row.symbols)
      }
      this.#filled = true
    }
    const value = valueOf(row, slot)
    return type === 'string' && !Number.isNaN(value) ? symbols.codeOf(row.symbols.textOf(value)) : value
  }
}

function valueOf(row: Row, slot: number): number {
  try {
    return row.read(slot)
  } catch (error) {
    if (isNoResult(error)) return NaN
    throw error
  }
}
