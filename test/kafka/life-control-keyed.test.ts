import { smallLife } from './small-life.ts'

smallLife('control-keyed')
