// Models that are directories: read from disk or from an archive, and packed into one.
// This door loads the tar and zip libraries, so formats import it only when they meet such a model.
// Not here: what the files mean to a format.
export { type ModelFiles, archiveFiles, directoryFiles, packFiles } from './model-files.ts'
