/** Maps texts to numbers: the same text always has the same number. */
export interface SymbolSource {
  codeOf(text: string): number
  textOf(code: number): string
}

/**
 * The texts of a model, followed by those that only the current record has. The latter are removed after the record, so that data
 * cannot make the table grow.
 */
export class Symbols implements SymbolSource {
  readonly #texts: string[]
  readonly #codes: Map<string, number>
  #kept: number

  constructor(texts: readonly string[] = []) {
    this.#texts = [...texts]
    this.#codes = new Map(texts.map((text, code) => [text, code]))
    this.#kept = texts.length
  }

  get texts(): readonly string[] {
    return this.#texts
  }

  codeOf(text: string): number {
    const known = this.#codes.get(text)
    if (known !== undefined) return known
    const code = this.#texts.length
    this.#texts.push(text)
    this.#codes.set(text, code)
    return code
  }

  textOf(code: number): string {
    return this.#texts[code] ?? ''
  }

  /** Removes the texts that were added since the table was created. */
  forget(): void {
    while (this.#texts.length > this.#kept) this.#codes.delete(this.#texts.pop() as string)
  }
}
