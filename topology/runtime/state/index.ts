// A task's stores and their changelogs: restoring, following, global stores; what an instance keeps on its disk.
// The local store may lag the changelog, never lead it.
// Not here: what stores hold.
export { ChangelogEndOffsets } from './changelog-end-offsets.ts'
export { followChangelog } from './follow-changelog.ts'
export { type ForeignRows, keysOf } from './foreign-rows.ts'
export type { GlobalStore } from './global-store.ts'
export { GlobalStores } from './global-stores.ts'
export { InstanceState } from './instance-state.ts'
export { StateManager } from './state-manager.ts'
