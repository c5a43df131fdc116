import type { FuzzKind } from './fuzz-target.ts'

export const kindNames = ['models', 'records', 'requests', 'members', 'peers'] as const
export type KindName = (typeof kindNames)[number]

/** What a kind has to load is loaded in its process only. */
export async function kindOf(name: KindName): Promise<FuzzKind> {
  switch (name) {
    case 'models':
      return (await import('./model-target.ts')).models
    case 'records':
      return (await import('./record-target.ts')).records
    case 'requests':
      return (await import('./request-target.ts')).requests
    case 'members':
      return (await import('./member-target.ts')).members
    default:
      return (await import('./peer-target.ts')).peers
  }
}
