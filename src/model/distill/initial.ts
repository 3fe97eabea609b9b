/** Parameters that a network begins with. */
import { parameterBits, uniform } from '../../gpu/random.ts';
import type { ParameterLayout } from '../network/parameters.ts';

/** Standard deviation of what is drawn. */
const DEVIATION = 0.02;

/** Zeros as in the released `dit_orig`: with them every block begins as the identity, and every token as likely as any. */
const ZERO = /\.bias$|adaLN_modulation|^output_layer\.linear/;
const NORM = /norm(1|2|_final)\.weight$/;

/**
 * Parameters of a network that has learnt nothing: norms 1; biases, adaLN layers and the head 0; all other matrices, the
 * embedding included, normal with deviation 0.02. The released code draws those by the defaults of PyTorch's layers.
 * @param seed integer in [0, 2^32)
 * @returns in the layout
 */
export function initialValues(layout: ParameterLayout, seed: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(layout.size);
  for (const [tensor, name] of [...layout.shapes.keys()].entries()) {
    const { offset, length } = layout.place(name);
    const part = values.subarray(offset, offset + length);
    if (NORM.test(name)) part.fill(1);
    else if (!ZERO.test(name)) fillNormal(part, seed, tensor);
  }
  return values;
}

/** Independent normal values, two of each call of the generator (Box and Muller, 1958). */
function fillNormal(values: Float32Array, seed: number, tensor: number): void {
  for (let i = 0; i < values.length; i += 2) {
    const [a, b] = parameterBits(seed, tensor, i / 2);
    const radius = DEVIATION * Math.sqrt(-2 * Math.log(uniform(a)));
    const angle = 2 * Math.PI * uniform(b);
    values[i] = radius * Math.cos(angle);
    // Past the end of an odd length nothing is written.
    values[i + 1] = radius * Math.sin(angle);
  }
}
