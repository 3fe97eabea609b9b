// Merges what the tiles of the head know of a row's token (gemm/output-score.wgsl) into how likely it is: one workgroup a row.
//
// records [count, tiles]; tokens [samples * length];
// drawn [all entries of rows]: (row, its token, bits of -log p of that token, bits of the entropy of its law), nats.
// Put behind selection.wgsl, record.wgsl and merge-tiles.wgsl.

struct Shape { tiles: u32, length: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> records: array<Record>;
@group(0) @binding(2) var<storage, read> rows: array<u32>;
@group(0) @binding(3) var<storage, read> tokens: array<u32>;
@group(0) @binding(4) var<storage, read_write> drawn: array<vec4<u32>>;
@group(0) @binding(5) var<uniform> selection: Selection;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let all = merge_tiles(thread, group.x * shape.tiles, shape.tiles);
  if (thread > 0u) { return; }
  let row = row_of(rows[selection.start + group.x]);
  // A chance may be too small for f32; its logarithm is not.
  let nll = max(log(all.sum) + (all.largest - all.score), 0.0);
  let entropy = max(log(all.sum) + all.spread / all.sum, 0.0);
  drawn[selection.start + group.x] = vec4<u32>(row, tokens[row], bitcast<u32>(nll), bitcast<u32>(entropy));
}
