type Row = Readonly<Record<string, unknown>>

/** The columns of the list of models. */
export const listColumns = ['dataType', 'role', 'name', 'version', 'format', 'since', 'invocations', 'p50', 'p99', 'hash'] as const
/** The columns of the versions of a data type. */
export const versionColumns = [
  'version',
  'role',
  'name',
  'format',
  'since',
  'invocations',
  'p50',
  'p99',
  'size',
  'kept',
  'hash',
  'location',
] as const

/**
 * The lines of a data type in the list of models: one for each version with a role, the champion first, with its weight or the policy's decider. A data type that no
 * model serves has one line.
 */
export function listRows({ dataType, versions, current, statistics, policy }: Row): readonly Row[] {
  const withRole = rowsOf(versions)
    .filter(({ roles, version }) => rolesOf(roles).length > 0 || version === current)
    .toSorted((a, b) => Number(b['version'] === current) - Number(a['version'] === current))
  if (withRole.length === 0) return [{ dataType, version: current }]
  return withRole.map(version => {
    // An instance of an older build has the statistics of the champion alone.
    const used = version['statistics'] ?? (version['version'] === current ? statistics : undefined)
    return { dataType, ...versionRow({ ...version, statistics: used }, (policy ?? {}) as Row) }
  })
}

/** The line of a version. */
export function versionRow(version: Row, policy: Row = {}): Row {
  const { invocations, p50, p99 } = (version['statistics'] ?? {}) as Row
  return forPeople({ ...version, role: roleText(version, policy), invocations, p50: rounding(p50), p99: rounding(p99) })
}

/** The columns of the changes that wait for their event time. `offset`: that of the record, by which it may be cancelled. */
export const waitingColumns = ['offset', 'effectiveFrom', 'policy', 'champion', 'who', 'reason'] as const

/** The line of a change that waits. */
export function waitingRow(policy: Row): Row {
  const { record, effectiveFrom } = policy
  return { ...policy, offset: (record as Row | undefined)?.['offset'], effectiveFrom: timeText(effectiveFrom) }
}

/** Durations to the microsecond. */
export function roundedTimes(row: Row): Row {
  const rounded = ['min', 'p50', 'p95', 'p99', 'max', 'duration'].map(name => [name, rounding(row[name])] as const)
  return { ...row, ...Object.fromEntries(rounded) }
}

export function rowsOf(value: unknown): readonly Row[] {
  return Array.isArray(value) ? (value as Row[]) : []
}

/** The roles of a version, a challenger's with its share and a racer's with its decider. */
function roleText({ version, role, roles }: Row, { challengers, decider, budgetMs }: Row): unknown {
  const share = rowsOf(challengers).find(each => each['version'] === version)?.['weight']
  const all = rolesOf(roles).map(each => {
    if (each === 'challenger' && share !== undefined) return `challenger ${JSON.stringify(share)}`
    return each === 'racer' && typeof decider === 'string' ? `racer (${decider}, ${JSON.stringify(budgetMs)} ms)` : each
  })
  return all.length === 0 ? role : all.join(', ')
}

function rolesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as string[]) : []
}

/** Formats times as ISO 8601 and shortens hashes to 12 characters. */
function forPeople(row: Row): Row {
  const { since, hash } = row
  return {
    ...row,
    since: timeText(since),
    hash: typeof hash === 'string' ? hash.slice(0, 12) : hash,
  }
}

function timeText(time: unknown): unknown {
  return typeof time === 'number' ? new Date(time).toISOString() : time
}

function rounding(value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(3)) : value
}
