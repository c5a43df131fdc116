/** The name and meaning of a metric. All code that records it uses the same definition. */
export interface MetricDefinition {
  /** By Prometheus' conventions: times in seconds; names of counters end with `_total`. */
  readonly name: string
  /** The type in Prometheus. */
  readonly kind: 'counter' | 'gauge' | 'histogram'
  /** The help text: what it counts or measures, and its unit. */
  readonly help: string
  /** The names of the labels. Each series has a value for each. */
  readonly labels: readonly string[]
  /** For a histogram: the upper bounds of its buckets, ascending. Values above the last are counted in one more bucket. */
  readonly bounds?: readonly number[]
}

/** One series of a metric, with the values of its labels in the definition's order. */
export interface MetricSample {
  /** The values of the labels, in the order of the definition. */
  readonly labels: readonly string[]
  /** For a histogram: the sum of the observed values. */
  readonly value: number
  /** For a histogram: the number of observations in each bucket (not cumulative); one bucket more than bounds. */
  readonly buckets?: readonly number[]
}

/** A metric with its recorded series: plain data, which can be sent to another thread. */
export interface MetricFamily extends MetricDefinition {
  /** One sample for each series. */
  readonly samples: readonly MetricSample[]
}

/** Bounds for times in seconds, from 0.1 ms to 60 s. */
export const secondsBounds: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
]

/** Limits for the series of one metric, because label values may come from data. Series beyond them are recorded in one shared series. */
const maxSeries = 1000
const maxLabel = 200
const overflow = 'other'

/** A series of a counter or a gauge. */
export class Figure {
  /** The values of the labels, in the order of the definition. */
  readonly labels: readonly string[]
  /** The present value. */
  value = 0

  constructor(labels: readonly string[]) {
    this.labels = labels
  }

  /** Adds to the value. For a gauge the amount may be negative. */
  add(amount: number): void {
    this.value += amount
  }

  /** Sets the value of a gauge. */
  set(value: number): void {
    this.value = value
  }

  /** Adds the value of another series. */
  absorb(other: Figure): void {
    this.value += other.value
  }

  /** The present value as plain data. */
  sample(): MetricSample {
    return { labels: this.labels, value: this.value }
  }
}

/** A series of a histogram. */
export class Distribution {
  /** The values of the labels, in the order of the definition. */
  readonly labels: readonly string[]
  readonly #bounds: readonly number[]
  readonly #buckets: number[]
  #sum = 0

  constructor(labels: readonly string[], bounds: readonly number[]) {
    this.labels = labels
    this.#bounds = bounds
    this.#buckets = Array.from({ length: bounds.length + 1 }, () => 0)
  }

  /** Records `count` observations of the value. */
  observe(value: number, count = 1): void {
    let bucket = 0
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] as number)) bucket++
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + count
    this.#sum += value * count
  }

  /** Adds the observations of another series. */
  absorb(other: Distribution): void {
    for (const [at, count] of other.#buckets.entries()) this.#buckets[at] = (this.#buckets[at] ?? 0) + count
    this.#sum += other.#sum
  }

  /** The present sum and buckets as plain data. */
  sample(): MetricSample {
    return { labels: this.labels, value: this.#sum, buckets: [...this.#buckets] }
  }
}

interface Recorded {
  readonly definition: MetricDefinition
  readonly series: Map<string, Figure | Distribution>
  /** The keys of the series that are merged into the shared series when there are too many; the one that was retired first is merged first. */
  readonly retired: Set<string>
}

/**
 * Records the metrics of the runtime and of processors. Callers keep the series that it returns; recording then is one addition. Each stream thread has
 * one recorder, whose families leave the thread as plain data.
 */
export class MetricsRecorder {
  readonly #recorded = new Map<string, Recorded>()

  /** Adds metrics without series, so that `families` has them from the start. */
  declare(definitions: readonly MetricDefinition[]): void {
    for (const definition of definitions) this.#of(definition)
  }

  /** Returns the series of a counter or a gauge; the same object for the same labels. */
  figure(definition: MetricDefinition, labels: readonly string[] = []): Figure {
    return this.#series(definition, labels) as Figure
  }

  /** Returns the series of a histogram; the same object for the same labels. */
  distribution(definition: MetricDefinition, labels: readonly string[] = []): Distribution {
    return this.#series(definition, labels) as Distribution
  }

  /** Marks a series in which hardly anything will be recorded any more. If the metric has too many series, it is merged into the shared one. */
  retire(definition: MetricDefinition, labels: readonly string[]): void {
    const { series, retired } = this.#of(definition)
    const key = keyOf(labels)
    if (series.has(key)) retired.add(key)
  }

  /** Removes a series, for example of a gauge of something that no longer exists. */
  remove(definition: MetricDefinition, labels: readonly string[]): void {
    const { series, retired } = this.#of(definition)
    series.delete(keyOf(labels))
    retired.delete(keyOf(labels))
  }

  /** All metrics with their present values. */
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

/** The shared series, whose labels are all `other`. */
function sharedSeries(recorded: Recorded, labels: number): Figure | Distribution {
  const shared = Array.from({ length: labels }, () => overflow)
  return recorded.series.get(keyOf(shared)) ?? addSeries(recorded, shared)
}

/**
 * Merges retired series into the shared one, the one that was retired first before others, until there is room. Gauges are not merged: their sum has
 * no meaning.
 */
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
