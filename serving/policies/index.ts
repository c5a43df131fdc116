// What a control record of the models topic changes of a data type's policy: functions of the state and the record.
// Not here: stores, loading of models, scoring.
export type { AskedFor } from './asked-for.ts'
export { changeOf, changeOfModel, checked, type NewRole, withRole } from './control-change.ts'
export { policyNow, type PolicyNow } from './policy-in-force.ts'
export { racingPolicy } from './racing-policy.ts'
export { refused } from './refused.ts'
export { type ControlAction, type PlainControl, plainControl, type PolicyRequest, type RoleName, type VersionRef } from './plain-control.ts'
export { type ChangeWithWaiting, changeWithWaiting, checkWaits, type RefusedWaiting, waitingControl } from './waiting-plan.ts'
