//! Packed rows that say how they differ from the row above, as PNG writes them.
//! Does not know: what the rows mean.
use super::value::Dict;

/// A row of a packed list, in bytes.
pub(super) const ROW_BYTES_MAX: usize = 24;

/// Rows that say how they differ from the row above, as PNG does.
pub(super) fn unpredicted(data: &[u8], params: &Dict) -> Option<Vec<u8>> {
    let plain = |key, usual| params.int(key).unwrap_or(usual) == usual;
    if params.int("Predictor")? < 10 || !plain("Colors", 1) || !plain("BitsPerComponent", 8) {
        return None;
    }
    let columns = usize::try_from(params.int("Columns").unwrap_or(1)).ok()?;
    if !(1..=ROW_BYTES_MAX).contains(&columns) {
        return None;
    }
    let mut above = vec![0_u8; columns];
    let mut out = Vec::with_capacity(data.len());
    for row in data.chunks_exact(columns + 1) {
        let mut now = vec![0_u8; columns];
        for at in 0..columns {
            let left = if at == 0 { 0 } else { now[at - 1] };
            let corner = if at == 0 { 0 } else { above[at - 1] };
            let by = match row[0] {
                0 => 0,
                1 => left,
                2 => above[at],
                3 => left.midpoint(above[at]),
                4 => nearest(left, above[at], corner),
                _ => return None,
            };
            now[at] = row[at + 1].wrapping_add(by);
        }
        out.extend_from_slice(&now);
        above = now;
    }
    Some(out)
}

/// Paeth's choice: which neighbour is nearest to what a plane through all three would give.
fn nearest(left: u8, above: u8, corner: u8) -> u8 {
    let guess = i32::from(left) + i32::from(above) - i32::from(corner);
    let far = |from: u8| (guess - i32::from(from)).abs();
    if far(left) <= far(above) && far(left) <= far(corner) {
        left
    } else if far(above) <= far(corner) {
        above
    } else {
        corner
    }
}
