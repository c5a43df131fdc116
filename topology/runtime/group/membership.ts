/** What a thread needs of its instance while it is a member of the group. */
export interface ThreadMembership {
  /** Awaited after each join, before the member's work. */
  joined(memberId: string): Promise<void>
  /** The member is one no longer. `orderly`: it surely left the group; else it is removed from it before another thread joins. */
  left(memberId: string, orderly: boolean): Promise<void>
}
