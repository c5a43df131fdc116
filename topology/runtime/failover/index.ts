// How an instance learns that another one died, and removes it from the group.
// Peers hold connections to each other; a verdict is made by two signs.
// Not here: who gets the dead instance's tasks.
export { Failover } from './failover.ts'
