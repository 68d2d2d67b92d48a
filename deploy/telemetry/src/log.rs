//! The log on stderr. Standard output belongs to the commands' answers.

use tracing::Subscriber;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::config::Format;
use crate::error::StartError;

/// The libraries that carry OTLP itself. Their spans are never exported: each delivery would make more.
const CARRIERS: [&str; 4] = ["h2=off", "hyper=off", "tonic=off", "tower=off"];

/// Whether lines may carry colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    Allowed,
    Plain,
}

/// The layer that writes log lines to `writer`.
pub(crate) fn lines<S, W>(
    format: Format,
    colour: Colour,
    writer: W,
) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'line> MakeWriter<'line> + Send + Sync + 'static,
{
    match format {
        Format::Text => fmt::layer()
            .with_ansi(colour == Colour::Allowed)
            .with_writer(writer)
            .boxed(),
        Format::Json => fmt::layer()
            .json()
            .flatten_event(true)
            .with_writer(writer)
            .boxed(),
    }
}

/// Reads a filter; an empty one is refused, since it would silence errors too.
pub(crate) fn filter(text: &str) -> Result<EnvFilter, StartError> {
    let wrong = |reason: String| StartError::Filter {
        filter: text.to_owned(),
        reason,
    };
    if text.trim().is_empty() {
        return Err(wrong("it is empty".to_owned()));
    }
    EnvFilter::builder()
        .parse(text)
        .map_err(|error| wrong(error.to_string()))
}

/// The same filter for what is exported, less the libraries that carry the export.
pub(crate) fn exported(text: &str) -> Result<EnvFilter, StartError> {
    CARRIERS
        .into_iter()
        .try_fold(filter(text)?, |kept, carrier| {
            let directive = carrier.parse().map_err(|error| StartError::Filter {
                filter: carrier.to_owned(),
                reason: format!("{error}"),
            })?;
            Ok(kept.add_directive(directive))
        })
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// A place for log lines that a test can read back.
    #[derive(Clone)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is written under `filter` when one event at info and one at debug happen inside a span.
    fn written(format: Format, kept: &str) -> String {
        let page = Page(Arc::default());
        let copy = page.clone();
        let subscriber = tracing_subscriber::registry()
            .with(filter(kept).unwrap())
            .with(lines(format, Colour::Plain, move || copy.clone()));
        tracing::subscriber::with_default(subscriber, || {
            let _span = tracing::info_span!("settle", region = "330200").entered();
            tracing::info!(lines = 20, "adjudicated");
            tracing::debug!("one layer");
        });
        let bytes = page.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_json_line_is_one_object_with_the_event_and_its_span() {
        let page = written(Format::Json, "info");
        let line: serde_json::Value = serde_json::from_str(page.trim()).unwrap();
        assert_eq!(line["message"], "adjudicated");
        assert_eq!(line["lines"], 20);
        assert_eq!(line["span"]["region"], "330200");
    }

    #[test]
    fn a_text_line_has_no_colour_codes_off_a_terminal() {
        let page = written(Format::Text, "info");
        assert!(page.contains("adjudicated"), "{page}");
        assert!(!page.contains('\u{1b}'), "{page:?}");
    }

    #[test]
    fn the_filter_decides_what_is_written() {
        assert_eq!(written(Format::Text, "debug").lines().count(), 2);
        assert_eq!(written(Format::Text, "info").lines().count(), 1);
        assert_eq!(written(Format::Text, "error").lines().count(), 0);
    }

    #[test]
    fn a_bad_filter_is_refused_with_its_text() {
        for text in ["", "  ", "huitong_node=loud", "a=b=c"] {
            match filter(text) {
                Err(StartError::Filter { filter, .. }) => assert_eq!(filter, text),
                other => panic!("{text:?} gave {other:?}"),
            }
        }
    }

    #[test]
    fn the_carriers_of_the_export_are_not_exported() {
        let kept = exported("debug").unwrap().to_string();
        assert!(
            kept.contains("tonic=off") && kept.contains("debug"),
            "{kept}"
        );
    }
}
