/** What a metric is called and means. The same object names it wherever it is recorded. */
export interface MetricDefinition {
  /** As Prometheus has it: seconds, and `_total` for what only grows. */
  readonly name: string
  /** As Prometheus has it. */
  readonly kind: 'counter' | 'gauge' | 'histogram'
  /** What it counts or measures, and in which unit. */
  readonly help: string
  /** Their names; a series has a value for each. */
  readonly labels: readonly string[]
  /** Of a histogram: the upper bounds of its buckets, ascending; what is above the last is counted too. */
  readonly bounds?: readonly number[]
}

/** One series of a metric, with the values of its labels in the definition's order. */
export interface MetricSample {
  /** Their values, in the order of the definition. */
  readonly labels: readonly string[]
  /** Of a histogram: the sum of all that was observed. */
  readonly value: number
  /** Of a histogram: how many fell into each bucket, one bucket more than bounds. */
  readonly buckets?: readonly number[]
}

/** A metric and what was recorded of it: plain data, which may go to another thread. */
export interface MetricFamily extends MetricDefinition {
  /** One for each series. */
  readonly samples: readonly MetricSample[]
}

/** Seconds, from a tenth of a millisecond up. */
export const secondsBounds: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
]

/** Series of one metric; label values come from data, which must not fill the memory. What comes beyond shares one series. */
const maxSeries = 1000
const maxLabel = 200
const overflow = 'other'

/** A counter's or a gauge's series. */
export class Figure {
  /** Their values, in the order of the definition. */
  readonly labels: readonly string[]
  /** As it stands. */
  value = 0

  constructor(labels: readonly string[]) {
    this.labels = labels
  }

  /** Adds, less too for a gauge. */
  add(amount: number): void {
    this.value += amount
  }

  /** Of a gauge. */
  set(value: number): void {
    this.value = value
  }

  /** Adds what another one has. */
  absorb(other: Figure): void {
    this.value += other.value
  }

  /** As it stands. */
  sample(): MetricSample {
    return { labels: this.labels, value: this.value }
  }
}

/** A histogram's series. */
export class Distribution {
  /** Their values, in the order of the definition. */
  readonly labels: readonly string[]
  readonly #bounds: readonly number[]
  readonly #buckets: number[]
  #sum = 0

  constructor(labels: readonly string[], bounds: readonly number[]) {
    this.labels = labels
    this.#bounds = bounds
    this.#buckets = Array.from({ length: bounds.length + 1 }, () => 0)
  }

  /** `count` observations of the same value. */
  observe(value: number, count = 1): void {
    let bucket = 0
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] as number)) bucket++
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + count
    this.#sum += value * count
  }

  /** Adds what another one has. */
  absorb(other: Distribution): void {
    for (const [at, count] of other.#buckets.entries()) this.#buckets[at] = (this.#buckets[at] ?? 0) + count
    this.#sum += other.#sum
  }

  /** As it stands. */
  sample(): MetricSample {
    return { labels: this.labels, value: this.#sum, buckets: [...this.#buckets] }
  }
}

interface Recorded {
  readonly definition: MetricDefinition
  readonly series: Map<string, Figure | Distribution>
  /** Keys of series that make room first. */
  readonly retired: Set<string>
}

/**
 * Where the runtime and processors record figures: the series that it gives are objects to keep, and recording is an addition. There is one
 * recorder a stream thread; what it holds leaves the thread as plain families.
 */
export class MetricsRecorder {
  readonly #recorded = new Map<string, Recorded>()

  /** Makes metrics known that have no series yet. */
  declare(definitions: readonly MetricDefinition[]): void {
    for (const definition of definitions) this.#of(definition)
  }

  /** The series of a counter or a gauge, the same one for the same labels. */
  figure(definition: MetricDefinition, labels: readonly string[] = []): Figure {
    return this.#series(definition, labels) as Figure
  }

  /** The series of a histogram, the same one for the same labels. */
  distribution(definition: MetricDefinition, labels: readonly string[] = []): Distribution {
    return this.#series(definition, labels) as Distribution
  }

  /** Hardly anything comes to the series any more: when there is no room, what it holds goes to the one that the rest shares. */
  retire(definition: MetricDefinition, labels: readonly string[]): void {
    const { series, retired } = this.#of(definition)
    const key = keyOf(labels)
    if (series.has(key)) retired.add(key)
  }

  /** Ends a series, of a gauge that tells of something which is gone. */
  remove(definition: MetricDefinition, labels: readonly string[]): void {
    const { series, retired } = this.#of(definition)
    series.delete(keyOf(labels))
    retired.delete(keyOf(labels))
  }

  /** All that was recorded, as it stands. */
  families(): MetricFamily[] {
    return [...this.#recorded.values()].map(({ definition, series }) => ({
      ...definition,
      samples: [...series.values()].map(each => each.sample()),
    }))
  }

  #of(definition: MetricDefinition): Recorded {
    let recorded = this.#recorded.get(definition.name)
    if (recorded === undefined) this.#recorded.set(definition.name, (recorded = { definition, series: new Map(), retired: new Set() }))
    return recorded
  }

  #series(definition: MetricDefinition, labels: readonly string[]): Figure | Distribution {
    const recorded = this.#of(definition)
    const { series, retired } = recorded
    const key = keyOf(labels)
    const known = series.get(key)
    if (known !== undefined) {
      retired.delete(key)
      return known
    }
    if (series.size >= maxSeries) makeRoom(recorded, labels.length)
    const fits = series.size < maxSeries && labels.every(label => label.length <= maxLabel)
    return fits ? addSeries(recorded, labels) : sharedSeries(recorded, labels.length)
  }
}

function addSeries({ definition, series }: Recorded, labels: readonly string[]): Figure | Distribution {
  const made = definition.kind === 'histogram' ? new Distribution(labels, definition.bounds ?? []) : new Figure(labels)
  series.set(keyOf(labels), made)
  return made
}

/** The one for all that have none of their own. */
function sharedSeries(recorded: Recorded, labels: number): Figure | Distribution {
  const shared = Array.from({ length: labels }, () => overflow)
  return recorded.series.get(keyOf(shared)) ?? addSeries(recorded, shared)
}

/** The series that was retired first goes into the shared one; not a gauge's, which cannot be added up. */
function makeRoom(recorded: Recorded, labels: number): void {
  const { definition, series, retired } = recorded
  for (const key of retired) {
    const shared = sharedSeries(recorded, labels)
    const oldest = series.get(key)
    if (oldest === shared || oldest === undefined || definition.kind === 'gauge') continue
    if (shared instanceof Distribution && oldest instanceof Distribution) shared.absorb(oldest)
    if (shared instanceof Figure && oldest instanceof Figure) shared.absorb(oldest)
    series.delete(key)
    retired.delete(key)
    if (series.size < maxSeries) return
  }
}

function keyOf(labels: readonly string[]): string {
  return labels.length === 1 ? (labels[0] as string) : JSON.stringify(labels)
}
