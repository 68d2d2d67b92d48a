//! Tables as Parquet, a row group for each hundred thousand rows.

use std::sync::Arc;

use huitong_core::date::BusinessDay;
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use crate::PaperError;
use crate::table::{Cell, Kind, Table};

/// How many rows stand in one group.
const ROWS_IN_GROUP: usize = 100_000;

impl Table {
    /// As a Parquet file: text, DECIMAL(18, 2) of yuan, unsigned 64-bit numbers, and dates. No column has holes.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn to_parquet(&self) -> Result<Vec<u8>, PaperError> {
        write(self)
    }
}

fn write(table: &Table) -> Result<Vec<u8>, PaperError> {
    let fields: Result<Vec<_>, ParquetError> = table
        .columns()
        .iter()
        .map(|(name, kind)| field(name, *kind).map(Arc::new))
        .collect();
    let schema = Type::group_type_builder("rows")
        .with_fields(fields?)
        .build()?;
    let properties = WriterProperties::builder()
        .set_created_by("huitong".to_owned())
        .build();
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties))?;
    for rows in table.rows().chunks(ROWS_IN_GROUP) {
        let mut group = writer.next_row_group()?;
        for (at, (_, kind)) in table.columns().iter().enumerate() {
            let cells: Vec<&Cell> = rows.iter().filter_map(|row| row.get(at)).collect();
            write_column(&mut group, *kind, &cells)?;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(bytes)
}

fn field(name: &str, kind: Kind) -> Result<Type, ParquetError> {
    let (physical, logical) = match kind {
        Kind::Text => (Physical::BYTE_ARRAY, LogicalType::String),
        Kind::Amount => (Physical::INT64, LogicalType::decimal(2, 18)),
        Kind::Count => (Physical::INT64, LogicalType::integer(64, false)),
        Kind::Day => (Physical::INT32, LogicalType::Date),
    };
    let builder = Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::REQUIRED)
        .with_logical_type(Some(logical));
    let builder = match kind {
        Kind::Amount => builder.with_precision(18).with_scale(2),
        Kind::Text | Kind::Count | Kind::Day => builder,
    };
    builder.build()
}

fn write_column(
    group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
    kind: Kind,
    cells: &[&Cell],
) -> Result<(), PaperError> {
    let missing = || ParquetError::General("a column is missing".to_owned());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    match kind {
        Kind::Text => {
            let values: Vec<ByteArray> = cells
                .iter()
                .map(|cell| match cell {
                    Cell::Text(text) => ByteArray::from(text.as_str()),
                    Cell::Amount(_) | Cell::Count(_) | Cell::Day(_) => ByteArray::new(),
                })
                .collect();
            column
                .typed::<ByteArrayType>()
                .write_batch(&values, None, None)?;
        }
        Kind::Amount | Kind::Count => {
            let values: Vec<i64> = cells.iter().map(|cell| number(cell)).collect();
            column
                .typed::<Int64Type>()
                .write_batch(&values, None, None)?;
        }
        Kind::Day => {
            let values: Vec<i32> = cells.iter().map(|cell| days(cell)).collect();
            column
                .typed::<Int32Type>()
                .write_batch(&values, None, None)?;
        }
    }
    column.close()?;
    Ok(())
}

/// The bits of a count are those of the unsigned number.
fn number(cell: &Cell) -> i64 {
    match cell {
        Cell::Amount(amount) => amount.get(),
        Cell::Count(count) => count.cast_signed(),
        Cell::Text(_) | Cell::Day(_) => 0,
    }
}

/// Days since 1 January 1970.
fn days(cell: &Cell) -> i32 {
    let Cell::Day(day) = cell else { return 0 };
    let epoch = BusinessDay::new(1970, 1, 1);
    let days = epoch.map_or(0, |epoch| epoch.days_until(*day));
    i32::try_from(days).unwrap_or(0)
}
