/** The model version of an inference request. */
export interface AskedVersion {
  readonly dataType: string
  /** The model's name. */
  readonly model: string
  readonly version: number
}

/** Tracks the newest requested version of each data type, so that the series of older versions can be retired first. */
export class NewestVersions {
  readonly #newest = new Map<string, AskedVersion>()

  /** Records a request; returns the version that `asked` replaces as the newest; undefined: it replaces none. */
  replacedBy(asked: AskedVersion): AskedVersion | undefined {
    const newest = this.#newest.get(asked.dataType)
    if (newest !== undefined && newest.version >= asked.version) return undefined
    this.#newest.set(asked.dataType, asked)
    return newest
  }
}
