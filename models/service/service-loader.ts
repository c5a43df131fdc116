import { checkedOptions } from '../../base/options/index.ts'
import { serviceTable } from '../model-option-tables.ts'
import { messageOf, SluiceError } from '../../base/index.ts'
import type { Model, ModelSource } from '../model.ts'
import type { FormatLoader } from '../format-loader.ts'
import { checkHttpLocation } from '../sources/index.ts'
import { oipProtocol } from './oip-protocol.ts'
import { type ServiceClientOptions, ServiceClient } from './service-client.ts'
import { isServiceLocation, serviceLocation } from './service-location.ts'
import { ServiceModel } from './service-model.ts'
import { tensorflowProtocol } from './tensorflow-protocol.ts'

/** Which model servers may be used, and how requests are sent to them. */
export interface ServiceOptions extends ServiceClientOptions {
  /** The servers that may have models: `host` (at the scheme's default port) or `host:port`, exactly. If empty, every location is refused. */
  readonly hosts: readonly string[]
  /** The most records in one request. Default 1024. */
  readonly maxRows?: number
}

/**
 * The loader for models in model servers. The bytes of such a model are the text of its location; see service-location.ts. Throws CONFIG_INVALID for a
 * wrong option.
 */
export function serviceLoader(given: ServiceOptions): FormatLoader {
  const options = checkedOptions({ of: 'serviceLoader' }, serviceTable, given) as unknown as ServiceOptions
  return { detect: isServiceLocation, load: source => loadServiceModel(source, options) }
}

/**
 * Reads the model's inputs and outputs from the server. Throws SluiceError MODEL_LOCATION_REFUSED if the server is not among the hosts,
 * MODEL_LOAD_FAILED if it does not answer, or if the model's inputs cannot be filled from records.
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
