//! A CSV file as rows of named columns, whatever their order and language; each row knows its line.

use crate::intake::decode::{self, NotText};
use crate::intake::detail::{Detail, Limit, Unsuitable};
use crate::intake::finding::{Finding, Findings, Place, Refused};
use crate::intake::notation;

/// Rows that a file may have.
pub const MAX_CSV_ROWS: usize = 200_000;

/// A column that a file may have.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its Chinese heading.
    pub chinese: &'static str,
    /// Its English heading.
    pub english: &'static str,
    /// Other headings for it, in plain signs without brackets.
    pub also: &'static [&'static str],
    /// Whether the file must have it.
    pub required: bool,
}

/// A file's rows, by column.
#[derive(Debug)]
pub struct Sheet {
    headings: Vec<Option<String>>,
    /// The rows that are neither blank nor comments.
    pub rows: Vec<SheetRow>,
}

/// One row.
#[derive(Debug)]
pub struct SheetRow {
    /// The line on which it begins, from 1.
    pub line: u32,
    cells: Vec<String>,
}

impl SheetRow {
    /// The cell of a column, by the column's place in the list; empty where the file lacks the column.
    #[must_use]
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

impl Sheet {
    /// The place of a cell.
    #[must_use]
    pub fn place(&self, row: &SheetRow, column: usize, project: usize) -> Place {
        let project = Some(row.cell(project).to_owned()).filter(|code| !code.is_empty());
        let column_written = self.headings.get(column).cloned().flatten().unwrap_or_default();
        Place { project, table: None, row: row.line, column: column_written, value: row.cell(column).to_owned() }
    }
}

/// Reads a CSV file. Lines that begin with `#` are comments. A file without its headings is refused at once; rows of
/// the wrong length are findings.
pub fn read(bytes: &[u8], columns: &[Column], findings: &mut Findings) -> Result<Sheet, Refused> {
    let decoded = decode::decode(bytes).map_err(|why| match why {
        NotText::TooLarge(limit) => Findings::refused(Detail::FileTooLarge(limit)),
        NotText::Unsuitable(why) => Findings::refused(Detail::NotACsv(why)),
    })?;
    if decoded.cut {
        findings.add(Detail::FileCut, Place { row: 1, ..Place::default() });
    }
    let mut records = records(&decoded.text)?.into_iter();
    let Some((line, headings)) = records.next() else {
        return Err(Findings::refused(Detail::NotACsv(Unsuitable::NoRows)));
    };
    let places = find_columns(line, &headings, columns)?;
    let mut sheet = Sheet { headings: Vec::new(), rows: Vec::new() };
    sheet.headings = places.iter().map(|place| place.and_then(|place| headings.get(place).cloned())).collect();
    for (line, cells) in records {
        let found = cells
            .iter()
            .rposition(|cell| !cell.is_empty())
            .map_or(0, |last| last + 1)
            .max(cells.len().min(headings.len()));
        if found == headings.len() {
            let cell = |place: &Option<usize>| place.and_then(|place| cells.get(place).cloned()).unwrap_or_default();
            sheet.rows.push(SheetRow { line, cells: places.iter().map(cell).collect() });
        } else {
            let detail = Detail::RowCells { found, expected: headings.len() };
            findings.add(detail, Place { row: line, ..Place::default() });
        }
    }
    if sheet.rows.is_empty() && findings.errors() == 0 {
        return Err(Findings::refused(Detail::NotACsv(Unsuitable::NoRows)));
    }
    Ok(sheet)
}

/// Every record that is neither blank nor a comment, trimmed, with the line on which it begins.
fn records(text: &str) -> Result<Vec<(u32, Vec<String>)>, Refused> {
    let broken = || Findings::refused(Detail::NotACsv(Unsuitable::Broken));
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).comment(Some(b'#')).from_reader(text.as_bytes());
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| broken())?;
        let line = record.position().and_then(|at| line_of(text, at)).ok_or_else(broken)?;
        let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
        // A spreadsheet that saves the file again puts the comment into quotes and commas behind it.
        let comment = cells.first().is_some_and(|cell| cell.starts_with('#'));
        if !comment && !cells.iter().all(String::is_empty) {
            all.push((line, cells));
        }
        if all.len() > MAX_CSV_ROWS + 1 {
            let place = Place { row: line, ..Place::default() };
            let finding = Finding::new(Detail::FileTooLarge(Limit::Rows(MAX_CSV_ROWS)), place);
            return Err(Refused { findings: vec![finding], left_out: 0 });
        }
    }
    Ok(all)
}

/// The parser's position lies before the comments and blank lines that it skipped: step over them.
fn line_of(text: &str, at: &csv::Position) -> Option<u32> {
    let rest = text.get(usize::try_from(at.byte()).ok()?..)?;
    let skipped = rest.split('\n').take_while(|line| line.trim_end_matches('\r').is_empty() || line.starts_with('#'));
    u32::try_from(at.line()).ok()?.checked_add(u32::try_from(skipped.count()).ok()?)
}

/// Where each column stands in the file; a heading that is not known, or one that is missing, refuses the file.
fn find_columns(line: u32, headings: &[String], columns: &[Column]) -> Result<Vec<Option<usize>>, Refused> {
    let mut findings = Findings::new();
    let mut places = vec![None; columns.len()];
    for (place, heading) in headings.iter().enumerate().filter(|(_, heading)| !heading.is_empty()) {
        let at = || Place { row: line, column: heading.clone(), ..Place::default() };
        match columns.iter().zip(&mut places).find(|(column, _)| column.is_headed(heading)) {
            Some((_, found)) if found.is_none() => *found = Some(place),
            Some(_) => findings.add(Detail::ColumnTwice, at()),
            None => findings.add(Detail::ColumnUnknown { known: columns.iter().map(|c| c.chinese).collect() }, at()),
        }
    }
    if places.iter().all(Option::is_none) {
        return Err(Findings::refused(Detail::NotACsv(Unsuitable::NoHeadings)));
    }
    for (column, _) in columns.iter().zip(&places).filter(|(column, place)| column.required && place.is_none()) {
        let detail = Detail::ColumnMissing { column: (column.chinese, column.english) };
        findings.add(detail, Place { row: line, column: column.chinese.to_owned(), ..Place::default() });
    }
    findings.settle(places).map(|(places, _, _)| places)
}

impl Column {
    fn is_headed(&self, heading: &str) -> bool {
        let heading = notation::label(heading).to_lowercase();
        heading == self.english || heading == notation::label(self.chinese) || self.also.contains(&heading.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 2] = [
        Column { chinese: "编码", english: "code", also: &["代码"], required: true },
        Column { chinese: "摘要", english: "memo", also: &[], required: false },
    ];

    fn shown(text: &str) -> String {
        let mut findings = Findings::new();
        match read(text.as_bytes(), &COLUMNS, &mut findings) {
            Ok(sheet) => {
                let rows: Vec<String> =
                    sheet.rows.iter().map(|row| format!("{}:{}|{}", row.line, row.cell(0), row.cell(1))).collect();
                format!("{} ({} errors)", rows.join(" "), findings.errors())
            }
            Err(refused) => refused.errors().map(|error| error.code.name()).collect::<Vec<_>>().join(" "),
        }
    }

    #[test]
    fn rows_keep_their_lines_through_comments_blanks_and_quotes() {
        let text = "# note\n\n摘要,编码\r\n甲,1\n# more\n\n\"乙\n丙\",2\n,\n\"# quoted, comment\",\n丁,3";
        assert_eq!(shown(text), "4:1|甲 7:2|乙\n丙 11:3|丁 (0 errors)");
    }

    #[test]
    fn a_row_of_the_wrong_length_is_an_error_but_empty_cells_behind_are_not() {
        assert_eq!(shown("code,memo\n1,a,b\n2\n3,c,,\n"), "4:3|c (2 errors)");
    }

    #[test]
    fn headings_are_known_or_refused() {
        assert_eq!(shown(" Code ,memo\n1,a\n"), "2:1|a (0 errors)");
        assert_eq!(shown("代码\n1\n"), "2:1| (0 errors)");
        assert_eq!(shown("code,code\n1,2\n"), "column_unknown");
        assert_eq!(shown("memo,odd\n1,2\n"), "column_unknown column_missing");
        assert_eq!(shown("random text\nmore\n"), "not_a_csv");
        assert_eq!(shown("code\n"), "not_a_csv");
        assert_eq!(shown("# only\n"), "not_a_csv");
    }
}
