/** The instance's record of its members, which its stream threads keep up to date. */
export interface ThreadMembership {
  /** Called after each join; the member's tasks start once it resolves. */
  joined(memberId: string): Promise<void>
  /** Called when a member has ended. `orderly`: it certainly left the group; if false, it is removed from the group before another thread joins. */
  left(memberId: string, orderly: boolean): Promise<void>
}
