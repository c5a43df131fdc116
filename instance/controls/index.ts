// Controlled streams behind REST. Apart from the rest of this folder, so that a program without models loads none of it.
export { controlService, type ControlServiceOptions } from './control-service.ts'
