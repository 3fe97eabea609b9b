// The side of queries: dq, and delta [samples * length, heads] = dy y of each head, by which keys and values pass. A part
// of the backward of attention.
const OF_KEYS: bool = false;
const OWN_PART: u32 = 0u;

@group(0) @binding(6) var<storage, read> y: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> delta: array<f32>;

// Of a pair (own, passing) of rows.
fn query_of(row: u32, passing: u32) -> u32 { return row; }
fn key_of(row: u32, passing: u32) -> u32 { return passing; }

fn own_score(head: Head, position: u32, c: u32) -> vec4<f32> { return qkv[vector(head, position, 0u) + c]; }
fn own_weight(head: Head, position: u32, c: u32) -> vec4<f32> { return dy[output(head, position) + c]; }
fn passing_score(head: Head, position: u32, c: u32) -> vec4<f32> { return qkv[vector(head, position, 1u) + c]; }
fn passing_weight(head: Head, position: u32, c: u32) -> vec4<f32> { return qkv[vector(head, position, 2u) + c]; }

fn y_at(head: Head, position: u32, c: u32) -> vec4<f32> { return y[output(head, position) + c]; }
fn keep_delta(at: u32, value: f32) { delta[at] = value; }
