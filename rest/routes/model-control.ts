import { SluiceError } from '../../base/index.ts'
import { checkJsonDepth } from '../../records/index.ts'
import { controlOfJson, type ModelControlRecord } from '../../serving/index.ts'
import { RateLimit, type RestLog, type Route, segment, countParameter, statusOf } from '../http/index.ts'
import { appliedModelControl, idleModelControl, modelControl, writtenModelControl } from './model-schemas.ts'
import type { ModelServices } from './model-services.ts'
import { MOST_A_MINUTE, MOST_WAIT_S, tooMany, tooManyResponse, who } from './publishing.ts'

const maxBodyBytes = 65_536

/** Changes the policy of a data type: promotes, rolls back, gives roles and names. */
export function modelControlRoute({ models, log }: { readonly models: ModelServices; readonly log: RestLog | undefined }): Route {
  const limit = new RateLimit(MOST_A_MINUTE, 60_000)
  return {
    method: 'POST',
    path: '/models/:dataType/control',
    summary: 'Change which versions score the records of a data type, by a control record',
    query: {
      wait: {
        type: 'integer',
        maximum: MOST_WAIT_S,
        description: 'How long to wait until it is applied or refused, in seconds; default 0',
      },
    },
    body: { contentTypes: ['application/json'], maxBytes: maxBodyBytes, content: { 'application/json': modelControl } },
    responses: {
      200: { description: 'The control is applied (with `wait`)', schema: appliedModelControl },
      202: { description: 'The control was written to the models topic (without `wait`)', schema: writtenModelControl },
      422: { description: 'The control was refused; `error` states the reason (with `wait`)', schema: idleModelControl },
      429: tooManyResponse,
      504: { description: 'The control was neither applied nor refused in time (with `wait`)', schema: idleModelControl },
    },
    answer: async request => {
      const dataType = segment(request, 'dataType')
      const record = controlOf(dataType, request.body ?? Buffer.alloc(0))
      const waitMs = limit.take(performance.now())
      if (waitMs > 0) return tooMany(waitMs)
      const seconds = countParameter(request, 'wait') ?? 0
      const { place, outcome } = await models.publisher.control(record, seconds * 1000)
      const body = { ...place, dataType, action: record.action }
      log?.('info', 'audit: a model control was published', { ...who(request), ...body, outcome })
      if (seconds === 0) return { status: 202, body }
      if (outcome === undefined) {
        const error = `after ${seconds} s the control is neither applied nor refused; either may still happen`
        return { status: statusOf('PUBLISH_PENDING'), body: { ...body, error, code: 'PUBLISH_PENDING' } }
      }
      if ('refused' in outcome) return { status: 422, body: { ...body, error: outcome.refused.message, code: outcome.refused.code } }
      return { body: { ...body, ...outcome } }
    },
  }
}

function controlOf(dataType: string, body: Buffer): ModelControlRecord {
  let json: unknown
  try {
    const text = body.toString('utf8').replace(/^\ufeff/, '')
    checkJsonDepth(text, 'INPUT_INVALID')
    json = JSON.parse(text)
  } catch (error) {
    if (error instanceof SluiceError) throw error
    throw new SluiceError('INPUT_INVALID', 'the body is not JSON', { cause: error })
  }
  return controlOfJson(dataType, json)
}
