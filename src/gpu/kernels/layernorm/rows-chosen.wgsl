// The norm's other end, where only chosen rows count: slots[row] is the row's index in the compact list of those, or NOWHERE.
// Put with what declares SLOTS, the binding of `slots`.
const NOWHERE: u32 = 0xffffffffu;

@group(0) @binding(SLOTS) var<storage, read> slots: array<u32>;

fn place_of(row: u32) -> u32 { return slots[row]; }
