// Detects that another instance has died, and removes its members from the group.
// Peers hold connections to each other; silence alone never counts as death.
// Not here: the assignment of the dead instance's tasks.
export { Failover } from './failover.ts'
