import type { Seen } from './good-type.ts'

/** What a well-behaved type may notice of anything, at most, ms; p99: beyond what broker and machine do to any record at that time, where they do more. */
export const most = { p99: 100, gap: 500 } as const

/** What is wrong with a case, in words; empty: it holds. */
export function brokenIn({ sent, lost, failed, p99, gap, beyond }: Seen): readonly string[] {
  return [
    ...(sent > 0 ? [] : ['nothing was sent']),
    ...(lost > 0 ? [`${lost} records have no result`] : []),
    // Results of a record that was answered twice.
    ...(lost < 0 ? [`${-lost} results are too many`] : []),
    ...(failed > 0 ? [`${failed} results are not OK`] : []),
    ...(p99 < most.p99 || beyond < most.p99 ? [] : [`p99 is ${Math.round(p99)} ms, not below ${most.p99}`]),
    ...(gap < most.gap ? [] : [`the longest gap is ${Math.round(gap)} ms, not below ${most.gap}`]),
  ]
}
