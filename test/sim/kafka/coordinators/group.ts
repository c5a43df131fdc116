import { errors } from '../cluster/index.ts'
import type { SimHost } from '../options.ts'
import { Deadline, type JoinAnswer, Member, type MemberData } from './member.ts'

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable'

const noBytes = Buffer.alloc(0)
/** How long a member that was in no generation yet may wait for one, ms. */
const newMemberMs = 300_000

/** What is in the log of a group: its last generation that was agreed on. */
interface Saved {
  readonly generation: number
  readonly protocolType: string
  readonly protocol: string
  readonly leader: string
  readonly members: readonly MemberData[]
}

const unsaved: Saved = { generation: 0, protocolType: '', protocol: '', leader: '', members: [] }

export function joinError(error: number, memberId: string): JoinAnswer {
  return { error, generation: -1, protocol: '', leader: '', memberId, members: [] }
}

/**
 * The members of one group, by Kafka's classic protocol:
 *
 *   Empty ─▶ PreparingRebalance (all that are there join) ─▶ CompletingRebalance (the leader assigns) ─▶ Stable
 *   any of the last two ─▶ PreparingRebalance, when a member comes, goes, or offers something else
 */
export class Group {
  readonly id: string
  readonly #host: SimHost
  readonly #initialMs: number
  state: GroupState = 'Empty'
  generation = 0
  protocolType = ''
  protocol = ''
  leader = ''
  readonly members = new Map<string, Member>()
  /** Names that were given out and have not joined yet. */
  readonly #pending = new Map<string, Deadline>()
  readonly #unsynced = new Set<string>()
  readonly #rejoins: Deadline
  readonly #syncs: Deadline
  #isFirst = false
  #saved: Saved = unsaved

  constructor(id: string, host: SimHost, initialMs: number) {
    this.id = id
    this.#host = host
    this.#initialMs = initialMs
    this.#rejoins = new Deadline(host, () => this.#joined())
    this.#syncs = new Deadline(host, () => this.#dropUnsynced())
  }

  isPending(memberId: string): boolean {
    return this.#pending.has(memberId)
  }

  /** A name for a member that is to join with it. */
  expect(memberId: string, sessionMs: number): void {
    const deadline = new Deadline(this.#host, () => this.forgetPending(memberId))
    this.#pending.set(memberId, deadline)
    deadline.set(sessionMs)
  }

  forgetPending(memberId: string): void {
    this.#pending.get(memberId)?.clear()
    this.#pending.delete(memberId)
    if (this.state === 'PreparingRebalance' && !this.#isFirst && this.#allJoined()) this.#joined()
  }

  supports(protocolType: string, names: readonly string[]): boolean {
    if (this.members.size === 0) return protocolType !== '' && names.length > 0
    if (this.protocolType !== protocolType) return false
    return names.some(name => [...this.members.values()].every(member => member.protocols.some(each => each.name === name)))
  }

  add(data: MemberData, protocolType: string, answer: (answer: JoinAnswer) => void): void {
    this.#pending.get(data.id)?.clear()
    this.#pending.delete(data.id)
    if (this.members.size === 0) this.protocolType = protocolType
    const member = this.#enter(data)
    member.join = answer
    member.session.set(newMemberMs)
    if (this.leader === '') this.leader = data.id
    this.#rebalanceOrGoOn()
  }

  #enter(data: MemberData): Member {
    const member: Member = new Member(data, new Deadline(this.#host, () => this.#expired(member)))
    this.members.set(data.id, member)
    return member
  }

  /** A member joins again. */
  rejoin(member: Member, data: MemberData, answer: (answer: JoinAnswer) => void): void {
    const isSame = member.offers(data.protocols)
    const isLeader = this.leader === member.id
    if (this.state === 'Empty') return answer(joinError(errors.unknownMemberId, member.id))
    if (isSame && (this.state === 'CompletingRebalance' || (this.state === 'Stable' && !isLeader))) return answer(this.#joinAnswer(member))
    member.protocols = data.protocols
    member.sessionMs = data.sessionMs
    member.rebalanceMs = data.rebalanceMs
    // Whoever asks anew takes the place of the one before.
    member.join = answer
    return this.#rebalanceOrGoOn()
  }

  remove(member: Member): void {
    member.answerJoin(joinError(errors.unknownMemberId, ''))
    this.#drop(member)
    if (this.state === 'Stable' || this.state === 'CompletingRebalance') this.#prepare()
    else if (this.state === 'PreparingRebalance' && this.#allJoined() && !this.#isFirst) this.#joined()
  }

  #drop(member: Member): void {
    member.session.clear()
    this.members.delete(member.id)
    this.#unsynced.delete(member.id)
    member.answerSync({ error: errors.unknownMemberId, assignment: noBytes })
    if (this.leader === member.id) this.leader = this.members.keys().next().value ?? ''
  }

  #expired(member: Member): void {
    const waits = member.join !== undefined || member.sync !== undefined
    if (this.members.get(member.id) === member && (member.isNew || !waits)) this.remove(member)
  }

  #allJoined(): boolean {
    if (this.#pending.size > 0) return false
    for (const { join } of this.members.values()) if (join === undefined) return false
    return true
  }

  #rebalanceOrGoOn(): void {
    if (this.state !== 'PreparingRebalance') this.#prepare()
    else if (!this.#isFirst && this.#allJoined()) this.#joined()
  }

  #prepare(): void {
    if (this.state === 'CompletingRebalance') {
      for (const member of this.members.values()) {
        member.assignment = noBytes
        if (member.sync === undefined) continue
        member.answerSync({ error: errors.rebalanceInProgress, assignment: noBytes })
        member.alive()
      }
    }
    this.#unsynced.clear()
    this.#syncs.clear()
    this.#isFirst = this.state === 'Empty'
    this.state = 'PreparingRebalance'
    if (this.#isFirst) this.#rejoins.set(this.#initialMs)
    else if (this.#allJoined()) this.#joined()
    else this.#rejoins.set(this.#rebalanceMs())
  }

  #rebalanceMs(): number {
    return Math.max(0, ...[...this.members.values()].map(member => member.rebalanceMs))
  }

  /** All have joined that will: a new generation begins. */
  #joined(): void {
    if (this.state !== 'PreparingRebalance') return
    this.#rejoins.clear()
    this.#isFirst = false
    for (const member of this.members.values()) if (member.join === undefined) this.#drop(member)
    this.generation++
    if (this.members.size === 0) {
      this.state = 'Empty'
      this.protocol = ''
      this.#save()
      return
    }
    this.state = 'CompletingRebalance'
    this.protocol = this.#vote()
    const joined = [...this.members.values()]
    for (const member of joined) {
      const answer = this.#joinAnswer(member)
      this.#unsynced.add(member.id)
      member.isNew = false
      member.alive()
      member.answerJoin(answer)
    }
    this.#syncs.set(this.#rebalanceMs())
  }

  /** The protocol that all have and most like best. */
  #vote(): string {
    const all = [...this.members.values()]
    const votes = new Map<string, number>()
    for (const member of all) {
      const best = member.protocols.find(({ name }) => all.every(other => other.protocols.some(each => each.name === name)))
      if (best !== undefined) votes.set(best.name, (votes.get(best.name) ?? 0) + 1)
    }
    return [...votes].reduce((most, vote) => (vote[1] > most[1] ? vote : most), ['', 0] as [string, number])[0]
  }

  #joinAnswer(member: Member): JoinAnswer {
    const { generation, protocol, leader } = this
    const all = leader === member.id ? [...this.members.values()] : []
    const members = all.map(each => ({ memberId: each.id, metadata: each.metadataOf(protocol) }))
    return { error: errors.none, generation, protocol, leader, memberId: member.id, members }
  }

  synced(memberId: string): void {
    this.#unsynced.delete(memberId)
    if (this.#unsynced.size === 0) this.#syncs.clear()
  }

  /** What the leader says: everybody is told its part. */
  assign(assignments: ReadonlyMap<string, Buffer>): void {
    for (const member of this.members.values()) member.assignment = assignments.get(member.id) ?? noBytes
    this.state = 'Stable'
    this.#save()
    const assigned = [...this.members.values()]
    for (const member of assigned) {
      if (member.sync === undefined) continue
      member.alive()
      member.answerSync({ error: errors.none, assignment: member.assignment })
    }
  }

  #dropUnsynced(): void {
    if (this.#unsynced.size === 0 || (this.state !== 'CompletingRebalance' && this.state !== 'Stable')) return
    for (const id of this.#unsynced) {
      const member = this.members.get(id)
      if (member !== undefined) this.#drop(member)
    }
    this.#prepare()
  }

  #save(): void {
    const { generation, protocolType, protocol, leader } = this
    this.#saved = { generation, protocolType, protocol, leader, members: [...this.members.values()].map(({ data }) => data) }
  }

  /** Whoever waits is told to look for another coordinator; what is not in the log is forgotten. */
  unload(): void {
    for (const member of this.members.values()) {
      member.session.clear()
      member.answerJoin(joinError(errors.notCoordinator, member.id))
      member.answerSync({ error: errors.notCoordinator, assignment: noBytes })
    }
    for (const deadline of this.#pending.values()) deadline.clear()
    this.#pending.clear()
    this.#unsynced.clear()
    this.#rejoins.clear()
    this.#syncs.clear()
    this.#isFirst = false
    this.members.clear()
  }

  /** Begins where the log ends. */
  load(): void {
    const { generation, protocolType, protocol, leader, members } = this.#saved
    this.generation = generation
    this.protocolType = protocolType
    this.protocol = protocol
    this.leader = leader
    for (const data of members) {
      const member = this.#enter(data)
      member.isNew = false
      member.alive()
    }
    this.state = this.members.size === 0 ? 'Empty' : 'Stable'
  }
}
