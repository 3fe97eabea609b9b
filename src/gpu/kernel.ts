import type { Counters } from './counters.ts';

/** How a kernel uses a buffer; a dynamic uniform is bound once and moved by an offset at each launch. */
export type BindingKind = 'read' | 'read-write' | 'uniform' | 'dynamic-uniform';

/** A value of an `override` constant. */
export type Constant = number | boolean;
export type Constants = Readonly<Record<string, Constant>>;

/** WGSL text with the buffers it takes, in the order of their binding numbers in group 0. */
export interface Kernel<Name extends string = string> {
  readonly name: string;
  readonly wgsl: string;
  readonly bindings: Readonly<Record<Name, BindingKind>>;
}

/**
 * Describe a kernel.
 * @param sources WGSL texts put together, order free; entry point `main`
 * @param bindings kind of each buffer, keys in the order of `@binding(0..)`
 */
export function defineKernel<Name extends string>(
  name: string,
  sources: readonly string[],
  bindings: Record<Name, BindingKind>,
): Kernel<Name> {
  return { name, wgsl: sources.join('\n'), bindings };
}

const OVERRIDE = /^override\s+(\w+)\s*:\s*(\w+)\s*=\s*([^;]+);/gm;

/**
 * Turn every `override` constant into a `const`, with the value given or its default, and write out the loops marked
 * `// unroll`. Pipeline-overridable constants as such may not size private arrays (the register tiles of a GEMM) and reach
 * the driver late; and an array is kept in registers only where its indices are constants, which not every compiler makes
 * them. This way it does not depend on the browser, and the text of a pipeline is what can be read.
 * @throws Error when `constants` names one that the text does not declare, or text and value disagree in type
 */
export function specialise(wgsl: string, constants: Constants): string {
  const unused = new Set(Object.keys(constants));
  const values = new Map<string, number>();
  const text = wgsl.replace(OVERRIDE, (_match, name: string, type: string, fallback: string) => {
    unused.delete(name);
    if (!(name in constants)) {
      values.set(name, parseInt(fallback));
      return `const ${name}: ${type} = ${fallback};`;
    }
    const value = constants[name];
    if ((type === 'bool') !== (typeof value === 'boolean')) {
      throw new Error(`constant ${name} is a ${type}, not ${String(value)}`);
    }
    if (type === 'u32' && !(Number.isInteger(value) && Number(value) >= 0)) {
      throw new Error(`constant ${name} is a u32, not ${String(value)}`);
    }
    values.set(name, Number(value));
    const literal =
      type === 'u32' ? `${String(value)}u` : type === 'f32' ? `f32(${String(value)})` : String(value);
    return `const ${name}: ${type} = ${literal};`;
  });
  if (unused.size > 0) throw new Error(`no override constant named ${[...unused].join(', ')}`);
  return unroll(text, values);
}

/** `for (var i = 0u; i < COUNT; i++) { // unroll`, its body on the lines that follow, `}` indented like the `for`. */
const UNROLLED = /^( *)for \(var (\w+) = 0u; \2 < (\w+); \2\+\+\) \{ \/\/ unroll\n((?:\1 .*\n|\n)*)\1\}$/m;

function unroll(wgsl: string, values: ReadonlyMap<string, number>): string {
  let text = wgsl;
  // Outer loops first; what they repeat is found in the next round.
  for (let loop = UNROLLED.exec(text); loop !== null; loop = UNROLLED.exec(text)) {
    const [whole, indent, index, bound, body] = loop;
    const count = values.get(bound) ?? parseInt(bound);
    if (Number.isNaN(count))
      throw new Error(`a loop to ${bound} cannot be written out: no override constant of that name`);
    const once = (i: number) =>
      `${indent}{\n${body.replace(new RegExp(`\\b${index}\\b`, 'g'), `${i}u`)}${indent}}`;
    const copies = Array.from({ length: count }, (_, i) => once(i)).join('\n');
    text = text.slice(0, loop.index) + copies + text.slice(loop.index + whole.length);
  }
  return text;
}

/** One recorded dispatch: everything it needs is already on the device. */
export interface Launch {
  /** Kernel name, by which profiles add up. */
  readonly kernel: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
  /** Byte offset of the dynamic uniform, for kernels that have one. */
  readonly offset?: number;
}

/** A kernel with its buffers: from a number of workgroups, and the dynamic offset in bytes, to a launch. */
export type Bound = (workgroups: readonly [number, number?, number?], offset?: number) => Launch;

/** A kernel compiled for one device and one set of constants. */
export class CompiledKernel<Name extends string = string> {
  readonly #layout: GPUBindGroupLayout;

  constructor(
    readonly device: GPUDevice,
    readonly kernel: Kernel<Name>,
    readonly pipeline: GPUComputePipeline,
    readonly counters: Counters,
    layout: GPUBindGroupLayout,
  ) {
    this.#layout = layout;
  }

  /**
   * Bind buffers once, to launch many times.
   * @param buffers one for each binding of the kernel; a range where only a part is meant
   */
  bind(buffers: Record<Name, GPUBuffer | GPUBufferBinding>): Bound {
    const names = Object.keys(this.kernel.bindings) as Name[];
    this.counters.bindGroups += 1;
    const bindGroup = this.device.createBindGroup({
      label: this.kernel.name,
      layout: this.#layout,
      entries: names.map((name, binding) => {
        const bound: GPUBuffer | GPUBufferBinding = buffers[name];
        const resource: GPUBufferBinding = 'buffer' in bound ? bound : { buffer: bound };
        return { binding, resource };
      }),
    });
    const { pipeline } = this;
    const { name: kernel } = this.kernel;
    return ([x, y = 1, z = 1], offset) => ({
      kernel,
      pipeline,
      bindGroup,
      workgroups: [x, y, z],
      ...(offset === undefined ? {} : { offset }),
    });
  }
}

const LAYOUT_TYPES: Record<BindingKind, GPUBufferBindingLayout> = {
  read: { type: 'read-only-storage' },
  'read-write': { type: 'storage' },
  uniform: { type: 'uniform' },
  'dynamic-uniform': { type: 'uniform', hasDynamicOffset: true },
};

/** Told of every kernel that is asked for: its text, and when it is compiled. */
type Follower = (code: string, compiled: Promise<unknown>) => void;

/** Compiles kernels, each text once, all at the same time. */
export class KernelCache {
  readonly #followers = new Set<Follower>();
  readonly #pipelines = new Map<string, Promise<CompiledKernel>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();

  constructor(
    readonly device: GPUDevice,
    readonly counters: Counters,
  ) {}

  /**
   * Compile a kernel, or find it compiled. Call for all kernels of a model before awaiting the first: drivers compile
   * in parallel.
   * @throws Error with the kernel's name and the compiler's words
   */
  compile<Name extends string>(
    kernel: Kernel<Name>,
    constants: Constants = {},
  ): Promise<CompiledKernel<Name>> {
    const code = specialise(kernel.wgsl, constants);
    let compiled = this.#pipelines.get(code);
    if (compiled === undefined) {
      compiled = this.#compile(kernel, code);
      this.#pipelines.set(code, compiled);
    }
    for (const follow of this.#followers) follow(code, compiled);
    return compiled;
  }

  /**
   * Follow compilation from now on, in bytes of WGSL: each text that is asked for counts once, also one that was compiled
   * before.
   * @param onProgress gets the bytes compiled of those asked for so far, at each change; the sum grows as kernels are
   *   asked for, and both are equal when all are there
   * @returns stops following
   */
  follow(onProgress: (loaded: number, total: number) => void): () => void {
    const seen = new Set<string>();
    let loaded = 0;
    let total = 0;
    const follower: Follower = (code, compiled) => {
      if (seen.has(code)) return;
      seen.add(code);
      const { byteLength } = new TextEncoder().encode(code);
      total += byteLength;
      onProgress(loaded, total);
      const count = (): void => {
        if (!this.#followers.has(follower)) return;
        loaded += byteLength;
        onProgress(loaded, total);
      };
      // Whoever asked for it hears of a failure.
      compiled.then(count, () => undefined);
    };
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Number of pipelines compiled so far. */
  get size(): number {
    return this.#pipelines.size;
  }

  async #compile<Name extends string>(kernel: Kernel<Name>, code: string): Promise<CompiledKernel<Name>> {
    const layout = this.#layoutOf(kernel);
    const module = this.device.createShaderModule({ label: kernel.name, code });
    this.counters.pipelines += 1;
    try {
      const pipeline = await this.device.createComputePipelineAsync({
        label: kernel.name,
        layout: this.device.createPipelineLayout({ label: kernel.name, bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: 'main' },
      });
      return new CompiledKernel(this.device, kernel, pipeline, this.counters, layout);
    } catch (error) {
      const { messages } = await module.getCompilationInfo();
      const words = messages
        .filter(({ type }) => type === 'error')
        .map(({ lineNum, message }) => `line ${lineNum}: ${message}`);
      throw new Error(`Kernel ${kernel.name} does not compile: ${[...words, String(error)].join('; ')}`, {
        cause: error,
      });
    }
  }

  #layoutOf(kernel: Kernel): GPUBindGroupLayout {
    const kinds = Object.values(kernel.bindings);
    const key = kinds.join();
    let layout = this.#layouts.get(key);
    if (layout === undefined) {
      layout = this.device.createBindGroupLayout({
        label: key,
        entries: kinds.map((kind, binding) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: LAYOUT_TYPES[kind],
        })),
      });
      this.#layouts.set(key, layout);
    }
    return layout;
  }
}
