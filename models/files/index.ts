// Models that are directories: read from disk or from an archive, and packed into one.
// This door loads the tar and zip libraries, so formats import it only when they meet such a model.
// Not here: what the files mean to a format.
export { archiveDigests, type ArchiveSource } from './archive-digests.ts'
export { isLitter, isSafeName, sharedDirectory } from './file-names.ts'
export { type ModelFiles, archiveFiles, directoryFiles, packFiles } from './model-files.ts'
