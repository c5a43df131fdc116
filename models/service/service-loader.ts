import { messageOf, SluiceError } from '../../base/sluice-error.ts'
import type { Model, ModelSource } from '../model.ts'
import type { FormatLoader } from '../format-loader.ts'
import { checkHttpLocation } from '../sources/index.ts'
import { oipProtocol } from './oip-protocol.ts'
import { type ClientOptions, ServiceClient } from './service-client.ts'
import { isServiceLocation, serviceLocation } from './service-location.ts'
import { ServiceModel } from './service-model.ts'
import { tensorflowProtocol } from './tensorflow-protocol.ts'

export interface ServiceOptions extends ClientOptions {
  /** The servers that models may live in: `host` (the scheme's own port) or `host:port`, exactly; none: every location is refused. */
  readonly hosts: readonly string[]
  /** Most records in one request. Default 1024. */
  readonly maxRows?: number
}

/** Models in servers: the bytes of such a model are its location's text (service-location.ts tells which). */
export function serviceLoader(options: ServiceOptions): FormatLoader {
  return { detect: isServiceLocation, load: source => loadServiceModel(source, options) }
}

/**
 * Asks the server what the model takes and gives. Throws SluiceError MODEL_LOCATION_REFUSED for a server that is not among the hosts,
 * MODEL_LOAD_FAILED when it does not answer, or when its answer does not describe a model that records can feed.
 */
export async function loadServiceModel(
  { bytes, output }: Pick<ModelSource, 'bytes' | 'output'>,
  { hosts, maxRows = 1024, ...clientOptions }: ServiceOptions,
): Promise<Model> {
  const location = serviceLocation(bytes)
  if (location === undefined) throw new SluiceError('MODEL_LOAD_FAILED', 'the model is not the location of a model in a model server')
  const { url } = location
  checkHttpLocation(url, hosts)
  const protocol = location.protocol === 'oip' ? oipProtocol : tensorflowProtocol
  const client = new ServiceClient(clientOptions)
  try {
    const signature = protocol.signatureOf(await client.ask(url + protocol.paths.metadata))
    return new ServiceModel({ client, protocol, url, signature, output, maxRows })
  } catch (error) {
    throw new SluiceError('MODEL_LOAD_FAILED', `the model at ${url} cannot be used: ${messageOf(error)}`, { cause: error })
  }
}
