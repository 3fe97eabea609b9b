/** Plain float64 twins of the matrix products of training, and of the activations and their derivatives. */
import { geluTanh, matmul } from '../gemm/gemm.reference.ts';
import type { Activation, Form } from './matmul.ts';

/** The transpose of a row-major matrix [rows, columns]. */
export function transpose(x: ArrayLike<number>, rows: number, columns: number): Float64Array {
  return Float64Array.from(
    { length: rows * columns },
    (_, i) => x[(i % rows) * columns + Math.floor(i / rows)],
  );
}

/**
 * y [m, n], sums over k.
 * @param a [m, k], for `tn` [k, m]
 * @param b [k, n], for `nt` [n, k]
 */
export function product(
  form: Form,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { m, n, k }: { m: number; n: number; k: number },
): Float64Array {
  const rows = form === 'tn' ? transpose(a, k, m) : a;
  return matmul(rows, form === 'nt' ? b : transpose(b, k, n), m, n, k);
}

/** An activation and its derivative. */
interface Differentiable {
  of: (x: number) => number;
  derivative: (x: number) => number;
}

const SCALE = Math.sqrt(2 / Math.PI);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** GELU in its tanh form (Hendrycks and Gimpel, arXiv 1606.08415, section 2); SiLU, x sigmoid(x) (the same, section 4). */
export const ACTIVATION_REFERENCE: Record<Activation, Differentiable> = {
  'gelu-tanh': {
    of: geluTanh,
    derivative: (x) => {
      const t = Math.tanh(SCALE * (x + 0.044715 * x ** 3));
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * SCALE * (1 + 3 * 0.044715 * x * x);
    },
  },
  silu: {
    of: (x) => x * sigmoid(x),
    derivative: (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))),
  },
};
