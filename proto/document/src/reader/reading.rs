//! Two small readings that every document needs.

use huitong_core::name::Name;

use super::Field;

/// Turns "given, and perhaps faulty" into "perhaps given", or nothing when faulty.
pub(crate) fn sound<T>(value: Option<Option<T>>) -> Option<Option<T>> {
    match value {
        None => Some(None),
        Some(read) => read.map(Some),
    }
}

/// A key that the writer chose as a name.
pub(crate) fn key_name(key: &str, field: &Field<'_>) -> Option<Name> {
    match Name::parse(key) {
        Ok(name) => Some(name),
        Err(error) => {
            field.fault(
                error.to_string(),
                "名称应以小写字母开头，由至多 31 个小写字母、数字和下划线组成",
            );
            None
        }
    }
}
