/** kafkajs' inner modules, of one copy of it. Paths are relative to the package, with the file's extension. */
export interface KafkaJsModules {
  /** The module's exports; loads it with all that it requires. */
  load(path: string): unknown
  /** Puts other exports in a module's place, for all modules that are loaded later. Throws SluiceError CLIENT_UNSUPPORTED when one has required it already. */
  replace(path: string, exports: unknown): void
  /** What the module finds under the name `Date`. Throws SluiceError CLIENT_UNSUPPORTED when it is loaded already. */
  setClock(path: string, clock: { now(): number }): void
}

/** One defect of kafkajs 2.2.4 and what is put in its place. */
export interface Mend {
  /** What goes wrong without it, in few words. */
  readonly defect: string
  apply(modules: KafkaJsModules): void
}
