//! Buffers of secrets that are used again, and that leave nothing behind where they grow.

use zeroize::{Zeroize, Zeroizing};

use crate::field::machine::Line;

/// Empties a vector, which then takes so many without growing; it is wiped if it has to be elsewhere for that.
pub(crate) fn clear<T>(vector: &mut Zeroizing<Vec<T>>, capacity: usize)
where
    Vec<T>: Zeroize,
{
    if vector.capacity() < capacity {
        // The old one goes before there is a new one.
        *vector = Zeroizing::new(Vec::new());
        *vector = Zeroizing::new(Vec::with_capacity(capacity));
    } else {
        vector.clear();
    }
}

/// At least so many lines, of which none has to be what it was; they are wiped if they have to be elsewhere for that.
pub(crate) fn grow(lines: &mut Vec<Line>, count: usize) {
    if lines.len() < count {
        wipe(lines);
        *lines = Vec::new();
        *lines = vec![Line::ZERO; count];
    }
}

/// As `zeroize` does it, in whole lines: those of a sum are many, and it writes byte by byte.
pub(crate) fn wipe(lines: &mut [Line]) {
    lines.fill(Line::ZERO);
    // The compiler must think that somebody looks.
    std::hint::black_box(lines);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cleared_takes_what_it_was_cleared_for_and_keeps_what_is_enough() {
        let mut vector = Zeroizing::new(vec![7u32; 5]);
        clear(&mut vector, 5);
        assert!(vector.is_empty() && vector.capacity() == 5);
        for capacity in [6, 100, 3] {
            clear(&mut vector, capacity);
            let (before, room) = (vector.as_ptr(), vector.capacity());
            assert!(vector.is_empty() && room >= capacity);
            vector.resize(capacity, 1);
            assert_eq!((vector.as_ptr(), vector.capacity()), (before, room), "it did not grow");
        }
    }

    #[test]
    fn lines_grow_to_what_is_asked_for_and_no_further() {
        let mut lines = vec![Line([[1; 4]; 2]); 3];
        grow(&mut lines, 2);
        assert_eq!(lines, [Line([[1; 4]; 2]); 3]);
        grow(&mut lines, 10);
        assert_eq!((lines.len(), lines.capacity()), (10, 10));
        lines.fill(Line([[2; 4]; 2]));
        wipe(&mut lines[1..]);
        assert_eq!(lines[0], Line([[2; 4]; 2]));
        assert!(lines[1..].iter().all(|line| *line == Line::ZERO));
    }
}
