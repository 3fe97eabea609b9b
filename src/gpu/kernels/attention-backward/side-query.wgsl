// The side of queries: dq, and delta [samples * length, heads] = dy y of each head, by which keys and values pass. A part
// of attention-backward.wgsl.
const OF_KEYS: bool = false;
const OWN_PART: u32 = 0u;
const STATS: u32 = ROWS;

@group(0) @binding(6) var<storage, read> y: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> delta: array<f32>;

// Of a pair (own, passing) of rows.
fn query_of(row: u32, passing: u32) -> u32 { return row; }
fn key_of(row: u32, passing: u32) -> u32 { return passing; }

fn own_score(head: Head, position: u32, c: u32) -> vec4<f32> { return qkv[vector(head, position, 0u) + c]; }
fn own_weight(head: Head, position: u32, c: u32) -> vec4<f32> { return dy[output(head, position) + c]; }
fn passing_score(head: Head, position: u32, c: u32) -> vec4<f32> { return qkv[vector(head, position, 1u) + c]; }
fn passing_weight(head: Head, position: u32, c: u32) -> vec4<f32> { return qkv[vector(head, position, 2u) + c]; }

fn own_stats(thread: u32, head: Head, first: u32) {
  // An eighth of each dot product a thread; TILE is at least as wide.
  for (var i = thread; i < ROWS * LANES; i += THREADS) {
    let row = i / LANES;
    var sum = 0.0;
    if (first + row < shape.length) {
      for (var c = i % LANES; c < SIZE4; c += LANES) {
        sum += dot(own_other[row * ROW + c], y[output(head, first + row) + c]);
      }
    }
    weights[i] = sum;
  }
  workgroupBarrier();
  for (var row = thread; row < ROWS; row += THREADS) {
    if (first + row < shape.length) {
      var sum = 0.0;
      for (var i = 0u; i < LANES; i++) { sum += weights[row * LANES + i]; }
      delta[stat(head, first + row)] = sum;
      stats[row] = vec2<f32>(lse[stat(head, first + row)], sum);
    }
  }
  workgroupBarrier();
}

fn passing_stats(thread: u32, head: Head, first: u32, end: u32) {}
