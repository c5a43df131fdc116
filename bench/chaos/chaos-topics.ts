/** The run has a broker of its own: plain names do. */
export const applicationId = 'chaos'
export const topics = { data: 'data', models: 'models', results: 'results', compacted: 'compacted' } as const
export const storeName = 'ModelStateStore'
export const partitionCount = 4
/** They alternate as the models of a data type. */
export const modelFiles = ['wine-linear.onnx', 'wine-mlp.onnx'] as const
