/** A submit holds the GPU at most this long while a page shares it, in milliseconds. */
export const SUBMIT_BUDGET = 50;

/**
 * Decides how much work goes into a submit from how long the last ones took. Work comes in units that are not cut any further:
 * pieces of about the same cost, or launches, each with what it costs beside others.
 */
export class Pacer {
  #perCost: number | undefined;

  /** @param first cost of the first submit at most, before anything is measured (default: one unit, whatever the machine) */
  constructor(private readonly first = 1) {}

  /**
   * Units for the next submit: as many as fit its budget, at least one.
   * @param left units that are left
   * @param cost of the one so many units ahead (default: 1 each)
   */
  units(left: number, cost: (ahead: number) => number = () => 1): number {
    const most = this.#perCost === undefined ? this.first : SUBMIT_BUDGET / this.#perCost;
    let count = 1;
    for (let sum = cost(0); count < left; count++) {
      sum += cost(count);
      if (sum > most) break;
    }
    return count;
  }

  /** A submit of units that cost so much together took `milliseconds`. */
  measured(cost: number, milliseconds: number): void {
    const sample = milliseconds / cost;
    // The first one also paid for what happens once; later ones are averaged, since clocks are coarse and machines busy.
    this.#perCost = this.#perCost === undefined ? sample : 0.5 * this.#perCost + 0.5 * sample;
  }
}
