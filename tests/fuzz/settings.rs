//! Any configuration file is understood or refused with its line, and what is understood can be applied.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use wirecopy::config::Config;
use wirecopy::settings::Settings;

fuzz_target!(|text: &str| {
    let path = Path::new(["wirecopy.toml", "pyproject.toml"][text.len() % 2]);
    match Settings::parse(path, path, text) {
        Ok(settings) => {
            let mut config = Config::default();
            settings.apply(&mut config, |_| false);
            assert!((0.0..=1.0).contains(&config.matching.min_confidence));
            assert!(config.matching.threshold.is_none_or(|share| (0.0..=1.0).contains(&share)));
            settings.splits();
        }
        Err(error) => {
            let message = error.to_string();
            assert!(message.contains("toml"), "{message:?}");
        }
    }
});
