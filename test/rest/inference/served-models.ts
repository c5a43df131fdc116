import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync, inflateSync } from 'node:zlib'
import { type IncomingHttpHeaders, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { ModelLoader, ModelPublisher, modelRecordKey, ModelRegistry, type ModelTopic, type ServingOptions } from '../../../serving/index.ts'
import { TopologyTestDriver } from '../../../topology/index.ts'
import type { RestServer, RestServerOptions } from '../../../rest/index.ts'
import { startRestServer } from '../../../rest/rest-server.ts'
import { LoadedModels } from '../../../models/index.ts'
import { servingOptions, type ServingDriver, withServing } from '../../serving/serving-driver.ts'
import { MemoryGroup, STORE } from '../memory-group.ts'

/** One of the example's models. */
export function wineModel(name: 'wine-linear' | 'wine-mlp'): Buffer {
  return readFileSync(fileURLToPath(new URL(`../../../examples/wine/${name}.onnx`, import.meta.url)))
}

/** An answer as it was sent, its body decompressed. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
  readonly json: unknown
}

/** An instance's REST on a serving topology that runs in a test driver. */
export class ServedModels {
  readonly serving: ServingDriver
  readonly server: RestServer
  /** What queries of the store are answered from. */
  readonly group: MemoryGroup
  /** What the server logged. */
  readonly logged: readonly { readonly level: string; readonly message: string; readonly fields: Record<string, unknown> }[]

  constructor({ serving, server, group, logged }: Pick<ServedModels, 'serving' | 'server' | 'group' | 'logged'>) {
    this.serving = serving
    this.server = server
    this.group = group
    this.logged = logged
  }

  get(path: string): Promise<Answer> {
    return this.ask('GET', path)
  }

  post(path: string, body: Uint8Array | string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.ask('POST', path, { body, headers })
  }

  /** A plain request: nothing is added to the headers that are given. */
  async ask(
    method: string,
    path: string,
    { body, headers = {} }: { body?: Uint8Array | string; headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Answer> {
    const { host, port } = this.server
    return new Promise((resolve, reject) => {
      const asked = request({ host, port, method, path, headers, agent: false }, response => {
        buffer(response).then(sent => {
          const encoding = response.headers['content-encoding']
          const bytes = encoding === 'gzip' ? gunzipSync(sent) : encoding === 'deflate' ? inflateSync(sent) : sent
          const isJson = response.headers['content-type']?.startsWith('application/json') === true
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            bytes,
            json: isJson ? JSON.parse(bytes.toString()) : undefined,
          })
        }, reject)
      })
      asked.on('error', reject)
      asked.end(body)
    })
  }
}

type ServedOptions = Partial<RestServerOptions> & { readonly maxBatch?: number; readonly serving?: Partial<ServingOptions> }

/** Serves what the driver's store has, without a broker; models that are published go through the topology. */
export async function withServedModels(
  use: (served: ServedModels) => Promise<void>,
  { maxBatch = 4096, serving: given = {}, ...options }: ServedOptions = {},
): Promise<void> {
  await withServing(async serving => {
    const models = new LoadedModels()
    const loader = new ModelLoader(servingOptions({ ...given, models }))
    const registry = new ModelRegistry({
      openGlobalStore: () => Promise.resolve({ store: serving.store, caughtUp: () => Promise.resolve(), close: () => Promise.resolve() }),
      load: (version, store) => loader.open(version, store),
      fields: serving.options.reader.specs,
      killed: (version, error) => void loader.killed(modelRecordKey(version), error),
      quarantined: version => loader.quarantinedAnywhere(modelRecordKey(version)),
      policies: given.policies,
      maxLoaded: 2,
    })
    const publisher = new ModelPublisher(driverTopic(serving), registry)
    const group = new MemoryGroup(1)
    const streams = group.join('a', { host: '127.0.0.1', port: 0 })
    group.owners[0] = streams
    const logged: { level: string; message: string; fields: Record<string, unknown> }[] = []
    const server = await startRestServer({
      retryMs: 50,
      log: (level, message, fields) => void logged.push({ level, message, fields }),
      models: { registry, publisher, store: STORE, maxBatch },
      ...options,
      streams,
      port: 0,
    })
    streams.self = { host: server.host, port: server.port }
    try {
      await use(new ServedModels({ serving, server, group, logged }))
    } finally {
      await registry.close()
      await server.close()
      await models.close()
    }
  }, given)
}

/** The models topic of a test driver: a record is processed as soon as it is written. */
function driverTopic({ driver }: ServingDriver): ModelTopic {
  let offset = -1
  return {
    name: 'models',
    maxRecordBytes: () => Promise.resolve(1024 * 1024),
    write: async records => {
      for (const record of records) {
        await driver.pipe('models', record)
        offset++
      }
      return { partition: 0, offset }
    },
    deadLetterEnds: () => Promise.resolve(new Map()),
    causeOf: record => {
      const letters = driver.read(TopologyTestDriver.deadLetterTopic)
      const found = letters.find(({ headers }) => String(headers?.['sluice.source.offset']) === String(record.offset))
      return Promise.resolve(
        found && { code: String(found.headers?.['sluice.error.code']), message: String(found.headers?.['sluice.error.message']) },
      )
    },
  }
}
