import type { FormatLoader } from '../format-loader.ts'
import { isSavedModel } from './detect-tensorflow.ts'
import { tensorflowLoader } from './tensorflow-loader.ts'

/** SavedModels: an archive of the directory. */
export const formatLoader: FormatLoader = tensorflowLoader('TENSORFLOWSAVED', isSavedModel, import.meta.url)
