// What both loops of the backward of attention have in common: buffers, and where things lie in them. Put with
// attention-backward.wgsl or attention-backward-direct.wgsl, and with side-query.wgsl or side-key.wgsl.

override HEAD_SIZE: u32 = 64u;
override CAUSAL: bool = false;

const SIZE4: u32 = HEAD_SIZE / 4u;
const HALF: u32 = HEAD_SIZE / 2u;

struct Shape { heads: u32, length: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> qkv: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> lse: array<f32>;
@group(0) @binding(4) var<storage, read> angles: array<vec2<f32>>;
@group(0) @binding(5) var<storage, read_write> dqkv: array<vec4<f32>>;
// Bindings from 6 on are the side's.

// One head of one text: its first row, the vec4 at which the head begins, and those of a row of all heads.
struct Head { first: u32, column: u32, width: u32 }

fn head_of(group: vec3<u32>) -> Head {
  return Head(group.z * shape.length, group.y * SIZE4, shape.heads * SIZE4);
}

// Where the head's part of qkv (0 is q, 1 k, 2 v) begins at a position; its part of y; its entry of lse and delta.
fn vector(head: Head, position: u32, part: u32) -> u32 {
  return ((head.first + position) * 3u + part) * head.width + head.column;
}

fn output(head: Head, position: u32) -> u32 { return (head.first + position) * head.width + head.column; }

fn entry(head: Head, position: u32) -> u32 {
  return (head.first + position) * shape.heads + head.column / SIZE4;
}

// Positions of those that pass by a workgroup's rows, or a thread's: all of the text but for CAUSAL.
fn passing_begin(first_own: u32) -> u32 { return select(0u, first_own, CAUSAL && OF_KEYS); }
fn passing_end(end_own: u32) -> u32 {
  return select(shape.length, min(end_own, shape.length), CAUSAL && !OF_KEYS);
}

// A vec4 of a gradient as it was before the rotation: the loop's `rotated` gives its values.
fn rotated_back(row: u32, position: u32, c: u32) -> vec4<f32> {
  var result: vec4<f32>;
  for (var t = 0u; t < 4u; t++) {
    let i = 4u * c + t;
    let angle = angles[position * HALF + i % HALF];
    let sine = select(-angle.y, angle.y, i < HALF);
    result[t] = rotated(row, i) * angle.x + rotated(row, (i + HALF) % HEAD_SIZE) * sine;
  }
  return result;
}
