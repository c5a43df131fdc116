/** The inner modules of one copy of kafkajs. Paths are relative to the package and include the file's extension. */
export interface KafkaJsModules {
  /** Returns the exports of the module. Loads it and all modules that it requires. */
  load(path: string): unknown
  /**
   * Replaces the exports of a module for all modules that are loaded later. Throws SluiceError CLIENT_UNSUPPORTED if another module has required it
   * already.
   */
  replace(path: string, exports: unknown): void
  /** Sets what the module uses as `Date`. Throws SluiceError CLIENT_UNSUPPORTED if the module is loaded already. */
  setClock(path: string, clock: { now(): number }): void
}

/** The correction of one defect of kafkajs 2.2.4. */
export interface Mend {
  /** The defect in few words. */
  readonly defect: string
  apply(modules: KafkaJsModules): void
}
