import { smallLife } from './small-life.ts'

smallLife('lineage')
