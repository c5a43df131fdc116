// Models that live in model servers, by the Open Inference Protocol or TensorFlow Serving's.
// The command line imports this door to read locations, so it must stay cheap to load.
// Not here: ONNX Runtime and protobuf.
export type { ServiceClientOptions } from './service-client.ts'
export { type ServiceOptions, serviceLoader } from './service-loader.ts'
export { serviceHostOf } from './service-location.ts'
