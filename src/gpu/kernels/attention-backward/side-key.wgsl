// The side of keys: dk and dv, by which queries and dy pass, with the delta that the side of queries has left. A part of
// the backward of attention.
const OF_KEYS: bool = true;
const OWN_PART: u32 = 1u;

@group(0) @binding(6) var<storage, read> delta: array<f32>;

// Of a pair (own, passing) of rows.
fn query_of(row: u32, passing: u32) -> u32 { return passing; }
fn key_of(row: u32, passing: u32) -> u32 { return row; }

fn own_score(head: Head, position: u32, c: u32) -> vec4<f32> { return qkv[vector(head, position, 1u) + c]; }
fn own_weight(head: Head, position: u32, c: u32) -> vec4<f32> { return qkv[vector(head, position, 2u) + c]; }
fn passing_score(head: Head, position: u32, c: u32) -> vec4<f32> { return qkv[vector(head, position, 0u) + c]; }
fn passing_weight(head: Head, position: u32, c: u32) -> vec4<f32> { return dy[output(head, position) + c]; }

// delta is made by the other side.
fn y_at(head: Head, position: u32, c: u32) -> vec4<f32> { return vec4<f32>(0.0); }
fn keep_delta(at: u32, value: f32) {}
