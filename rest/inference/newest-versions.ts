/** The version that was asked. */
export interface AskedVersion {
  readonly dataType: string
  /** The model's name. */
  readonly model: string
  readonly version: number
}

/** Which version of each data type is the newest that was asked: its series are the last to make room. */
export class NewestVersions {
  readonly #newest = new Map<string, AskedVersion>()

  /** The version that this one, which is asked now, replaces as the newest; undefined: none. */
  replacedBy(asked: AskedVersion): AskedVersion | undefined {
    const newest = this.#newest.get(asked.dataType)
    if (newest !== undefined && newest.version >= asked.version) return undefined
    this.#newest.set(asked.dataType, asked)
    return newest
  }
}
