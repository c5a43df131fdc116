import { SluiceError } from '../../base/index.ts'
import { type ModelRegistry, rolesIn, rolesOf, type VersionRoles } from '../../serving/index.ts'
import {
  type ModelHistoryEntry,
  modelTypeName,
  type ModelServingView,
  type ModelState,
  type ModelUseView,
  type ModelVersion,
  unusedView,
  useView,
} from '../../stores/index.ts'
import { isPassing, statusOf, type RestLog, RateLimit, countParameter, type Route, segment } from '../http/index.ts'
import { dataTypeModels, idleModel, modelBytes, modelJson, modelList, publishedModel, servedPolicy, servingModel } from './model-schemas.ts'
import { versionHistory } from './version-schemas.ts'
import type { ModelServices } from './model-services.ts'
import { modelControlRoute } from './model-control.ts'
import { policyNowView, policyView, servedParameters, servedView, whenOf } from './served-policy.ts'
import { modelOfRequest, modelParameters } from './published-model.ts'
import { MOST_A_MINUTE, MOST_WAIT_S, tooMany, tooManyResponse, who } from './publishing.ts'
import { QueryRouter, type RouterParts } from '../queries/index.ts'

/** A model of 64 MB in base64, which is a third larger, and its JSON. */
const MAX_BODY_BYTES = 96 * 2 ** 20

export interface ModelRouteParts extends RouterParts {
  readonly models: ModelServices
  readonly log: RestLog | undefined
}

/** Routes to list and to publish models. Every instance answers for all data types. */
export function modelRoutes(parts: ModelRouteParts): readonly Route[] {
  return [...lookingRoutes(parts), publishRoute(parts), modelControlRoute(parts)]
}

function lookingRoutes(parts: ModelRouteParts): readonly Route[] {
  const { registry } = parts.models
  const router = new QueryRouter(parts)
  return [
    {
      path: '/models',
      summary: 'The models of every data type',
      responses: { 200: { description: 'Sorted by data type', schema: modelList } },
      answer: async () => ({
        body: await Promise.all((await registry.models()).map(state => withStatistics(state, parts.models, router))),
      }),
    },
    {
      path: '/models/:dataType',
      summary: 'The models of a data type',
      responses: {
        200: {
          description:
            'The versions, and the statistics of the serving version; with `at` or `position`, the policy that was in force there',
          schema: { anyOf: [dataTypeModels, servedPolicy] },
        },
        404: { description: 'The data type has no models, or none is known to have been in force there' },
      },
      query: servedParameters,
      answer: async request => {
        const dataType = segment(request, 'dataType')
        const when = whenOf(request)
        if (when !== undefined) return { body: servedView(dataType, when, await registry.served(dataType, when)) }
        return { body: await withStatistics(await registry.model(dataType), parts.models, router) }
      },
    },
    {
      path: '/models/:dataType/history',
      summary: 'All versions of a data type, with the statistics of each',
      responses: {
        200: { description: 'The versions, newest first', schema: versionHistory },
        404: { description: 'The data type has no models' },
      },
      answer: async request => {
        const dataType = segment(request, 'dataType')
        const state = await registry.model(dataType)
        return { body: (await registry.history(dataType)).map(entry => historyView(entry, state, registry)) }
      },
    },
  ]
}

function publishRoute(parts: ModelRouteParts): Route {
  return {
    method: 'POST',
    path: '/models/:dataType',
    summary: 'Publish a model, which becomes the next version of the data type unless it is refused',
    query: {
      ...modelParameters,
      wait: {
        type: 'integer',
        maximum: MOST_WAIT_S,
        description: 'How long to wait until the model serves or is refused, in seconds; default 0',
      },
    },
    body: {
      contentTypes: ['*/*'],
      maxBytes: MAX_BODY_BYTES,
      withinMs: 60_000,
      content: { 'application/octet-stream': modelBytes, 'application/json': modelJson },
    },
    responses: {
      200: { description: 'The model serves (with `wait`)', schema: servingModel },
      202: { description: 'The model was written to the models topic (without `wait`)', schema: publishedModel },
      422: { description: 'The model was refused; `error` states the reason (with `wait`)', schema: idleModel },
      429: tooManyResponse,
      504: { description: 'The model neither served nor was refused in time (with `wait`)', schema: idleModel },
    },
    answer: publisher(parts),
  }
}

function publisher({ models, log }: ModelRouteParts): Route['answer'] {
  const limit = new RateLimit(MOST_A_MINUTE, 60_000)
  return async request => {
    const model = modelOfRequest(request, segment(request, 'dataType'))
    const waitMs = limit.take(performance.now())
    if (waitMs > 0) return tooMany(waitMs)
    const seconds = countParameter(request, 'wait') ?? 0
    const { published, outcome } =
      seconds === 0
        ? { published: await models.publisher.publish(model), outcome: undefined }
        : await models.publisher.publishAndWait(model, seconds * 1000)
    const { dataType, name } = model
    log?.('info', 'audit: a model was published', { ...who(request), dataType, name, ...published, outcome })
    const body = { ...published, dataType, name }
    if (seconds === 0) return { status: 202, body }
    if (outcome === undefined) {
      const error = `after ${seconds} s the model neither serves nor is refused; either may still happen`
      return { status: statusOf('PUBLISH_PENDING'), body: { error, code: 'PUBLISH_PENDING', ...body } }
    }
    if ('version' in outcome) return { body: { ...body, version: outcome.version } }
    return { status: 422, body: { error: outcome.refused.message, code: outcome.refused.code, ...body } }
  }
}

/** The models of a data type; `statistics` is null while the owner of the data type does not answer. */
async function withStatistics(state: ModelState, { registry, store }: ModelServices, router: QueryRouter): Promise<unknown> {
  const { dataType, current, latest, withdrawnAt } = state
  const history = await registry.history(dataType)
  const serving = history.find(({ version }) => version.version === current)?.version
  const waiting = (await registry.waiting(state)).map(policyView)
  const policy = registry.policy(state)
  return {
    dataType,
    current,
    latest,
    ...(withdrawnAt === undefined ? {} : { withdrawnAt }),
    roles: rolesOf(state, policy.routing),
    ...(policy.routing.number === 0 ? {} : { policy: policyNowView(policy, state) }),
    name: serving?.name,
    versions: history.toReversed().map(entry => historyView(entry, state, registry)),
    statistics: await statisticsOf(state, store, router),
    ...(waiting.length === 0 ? {} : { waiting }),
  }
}

async function statisticsOf({ dataType }: ModelState, store: string, router: QueryRouter): Promise<unknown> {
  try {
    const { value } = await router.query(store, dataType)
    const figures = value as ModelServingView
    return { version: figures.version, ...figuresOf(figures) }
  } catch (error) {
    // KEY_UNKNOWN: the owner may be behind the changelog, from which this instance read the model.
    if (isPassing(error) || (error instanceof SluiceError && error.code === 'KEY_UNKNOWN')) return null
    throw error
  }
}

/** A version with its statistics; zeros if the version was never used. */
function historyView({ version, kept, figures }: ModelHistoryEntry, state: ModelState, registry: ModelRegistry): unknown {
  const quarantined = registry.quarantined(version)
  const roles = rolesOf(state, registry.policy(state).routing)
  return {
    ...versionView(version, roles),
    ...(quarantined === undefined ? {} : { quarantined: { why: quarantined.why, since: quarantined.since } }),
    kept,
    statistics: figuresOf(figures === undefined ? unusedView(version.version) : useView(figures)),
  }
}

function figuresOf({ invocations, duration, min, max, lastUsed, p50, p95, p99, roles }: ModelUseView): object {
  return { invocations, duration, min, max, lastUsed, ...(p50 === undefined ? {} : { p50, p95, p99 }), roles }
}

function versionView(version: ModelVersion, all: VersionRoles): Readonly<Record<string, unknown>> {
  const roles = rolesIn(all, version.version)
  const { hash, modeltype, location, ...shown } = version
  return {
    ...shown,
    format: modelTypeName(modeltype),
    hash: Buffer.from(hash).toString('hex'),
    ...(location === '' ? {} : { location }),
    ...(roles.length === 0 ? {} : { role: roles[0], roles }),
  }
}
