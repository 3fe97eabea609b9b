/** PyTorch in a process of its own (bench/torch_peer.py), kept alive and asked for one timing at a time. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { NetworkShape } from '../src/model/checkpoint/released-shapes.ts';
import type { Skipped } from './browser.ts';

/** What PyTorch says of itself. */
export interface TorchFacts {
  /** Its version. */
  torch: string;
  /** What it computes on. */
  device: string;
  /** How it can run the network: as written, compiled, and so on. */
  ways: string[];
  /** What it can store weights and compute with. */
  precisions: string[];
}

/** A forward pass of one text. */
export interface TorchCase extends NetworkShape {
  /** Tokens of the text. */
  length: number;
  /** Positions whose logits are computed, from the first. */
  rows: number;
}

/** Importing PyTorch takes seconds, and on a busy machine many; ms. */
const PATIENCE = 180_000;

/** A process that answers requests one after the other. */
export class TorchPeer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string, undefined>;
  /** The last thing that it said besides its answers. */
  #complaint = '';
  #failure: Error | undefined;
  /** Until the process has ended, and all that it said has been heard. */
  readonly #ended: Promise<void>;

  private constructor(program: string, args: readonly string[]) {
    this.#child = spawn(program, args, { stdio: 'pipe' });
    const lines = createInterface({ input: this.#child.stdout });
    this.#lines = lines[Symbol.asyncIterator]() as AsyncIterator<string, undefined>;
    // A program that is not there, or a pipe that it has closed: no answer comes, and `#answer` says why.
    this.#ended = new Promise((resolve) => {
      this.#child.on('close', () => {
        resolve();
      });
      this.#child.on('error', (error) => {
        this.#failure = error;
        lines.close();
        resolve();
      });
    });
    this.#child.stdin.on('error', () => undefined);
    createInterface({ input: this.#child.stderr }).on('line', (line) => {
      if (line.trim() !== '') this.#complaint = line.trim();
    });
  }

  /**
   * Start PyTorch, where there is one.
   * @param root of the repository
   * @param program that runs the script, and its arguments
   * @returns why not, in one sentence, where it cannot be started
   */
  static async start(
    root: string,
    program = 'python3',
    args: readonly string[] = [join(root, 'bench', 'torch_peer.py')],
  ): Promise<{ peer: TorchPeer; facts: TorchFacts } | Skipped> {
    const peer = new TorchPeer(program, args);
    const timer = setTimeout(() => {
      peer.close();
    }, PATIENCE);
    try {
      return { peer, facts: await peer.#answer<TorchFacts>() };
    } catch (error) {
      peer.close();
      return { skipped: error instanceof Error ? error.message : String(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Build a network and warm it up. The first of another case drops all of the last.
   * @param way one of its `ways`
   * @param precision one of its `precisions`
   * @returns what times one pass, in milliseconds
   * @throws Error with PyTorch's words, where it cannot
   */
  async prepare(
    { hidden, blocks, heads, vocabulary, length, rows }: TorchCase,
    way: string,
    precision: string,
  ): Promise<() => Promise<number>> {
    const about = { hidden, blocks, heads, vocabulary, length, rows };
    const { prepared } = await this.#ask<{ prepared: number }>({ prepare: { case: about, precision, way } });
    return async () => (await this.#ask<{ milliseconds: number }>({ time: prepared })).milliseconds;
  }

  /** End the process. */
  close(): void {
    this.#child.kill();
  }

  #ask<Answer>(request: object): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.#answer<Answer>();
  }

  async #answer<Answer>(): Promise<Answer> {
    const line = await this.#lines.next();
    if (line.done) {
      this.close();
      await this.#ended;
      const reason = this.#failure?.message ?? this.#complaint;
      throw new Error(`${this.#child.spawnfile} gave no answer${reason === '' ? '' : `: ${reason}`}`);
    }
    const answer = this.#parse(line.value);
    if ('problem' in answer) throw new Error(String(answer.problem));
    return answer as Answer;
  }

  #parse(line: string): object {
    try {
      const answer: unknown = JSON.parse(line);
      if (typeof answer === 'object' && answer !== null) return answer;
    } catch {
      // Not what the script answers.
    }
    throw new Error(`${this.#child.spawnfile} answered "${line}"`);
  }
}
