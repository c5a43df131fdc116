import type { FormatLoader } from '../format-loader.ts'
import { isFrozenGraph } from './detect-tensorflow.ts'
import { tensorflowLoader } from './tensorflow-loader.ts'

/** TensorFlow graphs whose weights are constants. */
export const formatLoader: FormatLoader = tensorflowLoader('TENSORFLOW', isFrozenGraph, import.meta.url)
