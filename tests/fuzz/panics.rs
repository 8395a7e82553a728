//! Panics of libraries that the project catches: they are no crash, while its own always are.

use std::sync::Once;

static ONCE: Once = Once::new();

/// From now on, a panic inside a library goes up to whoever catches it; if nobody does, the input is a crash all the same.
pub fn of_libraries_may_be_caught() {
    ONCE.call_once(|| {
        let crash = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let is_of_library =
                panic.location().is_some_and(|place| place.file().contains("/registry/src/"));
            if !is_of_library {
                crash(panic);
            }
        }));
    });
}
