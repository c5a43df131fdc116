import type { Application, ApplicationParts } from './application.ts'
import { CountingApplication } from './counting-application.ts'
import { ServingApplication } from './serving/index.ts'

/** The application that the instances of this setup run. */
export function applicationOf(parts: ApplicationParts): Application {
  const { serving } = parts.setup
  return serving === undefined ? new CountingApplication(parts) : new ServingApplication(parts, serving)
}
