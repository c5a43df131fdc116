import { type ModelRacer, type ModelRouting, type ModelState, routingOf, versionMeant } from '../../stores/index.ts'
import type { SpeculativePolicy } from '../options/index.ts'

/** A policy as it is in force. */
export interface PolicyNow {
  /** Which versions serve, and how much of the data. */
  readonly routing: ModelRouting
  /** Whether its races are those of the setting `policies`, and not of a control record. */
  readonly bySetting: boolean
}

/** The policy in force. `configured`: the races that the settings give the data type, which go before those of the models topic. */
export function policyNow(state: ModelState, configured: SpeculativePolicy | undefined): PolicyNow {
  const routing = routingOf(state)
  if (configured === undefined) return { routing, bySetting: false }
  const { models, budgetMs, decider, fallback } = configured
  const { kind, ...rules } = decider
  return {
    routing: {
      ...routing,
      racers: models.map(({ model, weight }): ModelRacer => ({
        version: typeof model === 'number' ? model : 0,
        name: typeof model === 'string' ? model : '',
        weight: weight ?? 0,
      })),
      budgetMs,
      decider: Object.keys(rules).length === 0 ? kind : JSON.stringify(decider),
      fallback: fallback === undefined ? 0 : (versionMeant(state.versions, fallback)?.version ?? 0),
    },
    bySetting: true,
  }
}
