/** Texts as numbers: the same text is always the same number. */
export interface SymbolSource {
  codeOf(text: string): number
  textOf(code: number): string
}

/**
 * The texts of a model, and behind them those that only the record being scored has: they are forgotten with it, so that data
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

  /** Forgets what was added since the table was made. */
  forget(): void {
    while (this.#texts.length > this.#kept) this.#codes.delete(this.#texts.pop() as string)
  }
}
