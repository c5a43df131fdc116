/** Bytes of buffered output that make a commit due before its interval ends. */
export const earlyCommitBytes = 1024 * 1024
