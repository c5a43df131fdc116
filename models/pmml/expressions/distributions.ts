/** The cumulative distribution function of the standard normal distribution. */
export function normalCdf(x: number): number {
  return 0.5 * erfc(-x / Math.SQRT2)
}

export function normalPdf(x: number, mean: number, deviation: number): number {
  const z = (x - mean) / deviation
  return Math.exp(-0.5 * z * z) / (deviation * Math.sqrt(2 * Math.PI))
}

/** The quantile of the standard normal distribution, exact to the last few bits: a rational approximation, refined by Halley's method. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : NaN
  const low = Math.min(p, 1 - p)
  const t = Math.sqrt(-2 * Math.log(low))
  let x = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))))
  for (let step = 0; step < 6; step++) {
    const error = (normalCdf(x) - low) / normalPdf(x, 0, 1)
    x -= error / (1 + (error * x) / 2)
  }
  return p <= 0.5 ? x : -x
}

export function erf(x: number): number {
  const size = Math.abs(x)
  const value = size < 2 ? erfSeries(size) : 1 - erfcFraction(size)
  return x < 0 ? -value : value
}

export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x)
  return x < 2 ? 1 - erfSeries(x) : erfcFraction(x)
}

/** Σ 2^n x^(2n+1) / (2n+1)!!. All terms are positive, so that none cancel. */
function erfSeries(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; n < 200 && term > sum * 1e-18; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

/** The continued fraction of erfc for x ≥ 2, evaluated from its innermost term. */
function erfcFraction(x: number): number {
  if (x > 27.3) return 0
  let fraction = x
  for (let n = 120; n > 0; n--) fraction = x + n / 2 / fraction
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction)
}
