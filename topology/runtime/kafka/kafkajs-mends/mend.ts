/** kafkajs' inner modules. Paths are relative to the package. */
export interface KafkaJsModules {
  /** The module's exports; loads it with all that it requires. */
  load(path: string): unknown
  /** Puts other exports in a module's place, for all modules that are loaded later. */
  replace(path: string, exports: unknown): void
}

/** One defect of kafkajs 2.2.4 and what is put in its place. */
export interface Mend {
  /** What goes wrong without it, in few words. */
  readonly defect: string
  apply(modules: KafkaJsModules): void
}
