/** Gradients by central differences, for tests that hold a gradient derived by hand against its function. */

/**
 * The gradient of a scalar function in float64: (f(x + h) - f(x - h)) / 2h for each entry, an error of order h^2 plus
 * rounding of order 1e-16 f / h.
 * @param x where; left as it was
 * @param h the step (default 1e-5)
 */
export function centralDifferences(
  f: (x: Float64Array) => number,
  x: ArrayLike<number>,
  h = 1e-5,
): Float64Array {
  const at = Float64Array.from(x);
  return at.map((value, i) => {
    at[i] = value + h;
    const above = f(at);
    at[i] = value - h;
    const below = f(at);
    at[i] = value;
    return (above - below) / (2 * h);
  });
}

/** sum a[i] b[i]: with fixed random a, a scalar whose gradient in b holds all of a. */
export function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += a[i] * b[i];
  return sum;
}
