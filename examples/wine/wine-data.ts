/** Synthetic wine data from a seeded generator. */

/** WineRecord's fields. */
export const wineFields = [
  'fixed_acidity',
  'volatile_acidity',
  'citric_acid',
  'residual_sugar',
  'chlorides',
  'free_sulfur_dioxide',
  'total_sulfur_dioxide',
  'density',
  'pH',
  'sulphates',
  'alcohol',
] as const

export interface Wine {
  /** In the order of `wineFields`. */
  readonly features: readonly number[]
  /** 3 (poor) to 8 (excellent). */
  readonly quality: number
}

export const qualities = [3, 4, 5, 6, 7, 8] as const

/** Numbers in [0, 1) that are the same for the same seed. */
export function uniformNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    // The low bits of such a generator have short periods, so they are mixed with the high ones.
    const mixed = Math.imul(state ^ (state >>> 16), 0x45d9f3b)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 4294967296
  }
}

/** Normally distributed numbers of mean 0 and deviation 1. */
export function normalNumbers(seed: number): () => number {
  const uniform = uniformNumbers(seed)
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}

/** Returns `count` wines. Three hidden traits (ripeness, acidity, sulphur) make the fields depend on each other. */
export function makeWines(count: number, seed: number): Wine[] {
  const normal = normalNumbers(seed)
  return Array.from({ length: count }, () => makeWine(normal))
}

function makeWine(normal: () => number): Wine {
  const ripeness = normal()
  const acidity = normal()
  const sulphur = normal()
  const sugar = within(0.9, 15, Math.exp(0.85 + 0.35 * normal()))
  const alcohol = within(8.4, 14.9, 10.4 + 0.9 * ripeness + 0.3 * normal())
  const free = within(1, 72, Math.exp(2.6 + 0.5 * sulphur + 0.2 * normal()))
  const volatileAcidity = within(0.12, 1.5, 0.53 - 0.07 * acidity + 0.15 * normal())
  const sulphates = within(0.33, 1.9, 0.65 + 0.14 * normal())
  const total = within(6, 280, free * (2.2 + 0.4 * Math.abs(normal())) + 4)
  const pH = within(2.74, 4, 3.31 - 0.1 * acidity + 0.09 * normal())
  const features = [
    within(4.6, 15.9, 8.3 + 1.5 * acidity + 0.6 * normal()),
    volatileAcidity,
    within(0, 1, 0.27 + 0.12 * acidity + 0.1 * normal()),
    sugar,
    within(0.012, 0.6, Math.exp(-2.5 + 0.25 * normal())),
    free,
    total,
    0.9967 + 0.0012 * acidity - 0.0009 * ripeness + 0.0002 * (sugar - 2.5) + 0.0003 * normal(),
    pH,
    sulphates,
    alcohol,
  ].map(value => Math.round(value * 1000) / 1000)
  // More is not always better: a straight line cannot follow the last three terms.
  const liking =
    5.75 +
    0.55 * (alcohol - 10.4) -
    1.6 * (volatileAcidity - 0.53) +
    0.7 * Math.tanh((sulphates - 0.65) / 0.07) -
    0.9 * Math.max(0, (total - 45) / 40) -
    0.35 * Math.abs((pH - 3.31) / 0.13) * Math.sign(alcohol - 10.4)
  return { features, quality: within(3, 8, Math.round(liking + 0.25 * normal())) }
}

function within(low: number, high: number, value: number): number {
  return Math.min(high, Math.max(low, value))
}

/** As CSV with a header: the fields, then `quality`. */
export function wineCsv(wines: readonly Wine[]): string {
  const lines = wines.map(({ features, quality }) => [...features, quality].join(','))
  return `${[[...wineFields, 'quality'].join(','), ...lines].join('\n')}\n`
}
