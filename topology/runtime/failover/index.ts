// Detects that another instance has died, and removes its members from the group.
// Peers hold connections to each other; silence alone never counts as death.
// Not here: the assignment of the dead instance's tasks.
export { checkedAccess } from './checked-access.ts'
export type { Failover } from './failover.ts'
export { openFailover } from './open-failover.ts'
export { openAccess } from './peer-seal.ts'
