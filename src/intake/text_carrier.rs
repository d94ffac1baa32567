//! The text carrier: a Word table exported as text, every TAB beginning a cell and blank lines parting the rows.
//!
//! ```text
//! ⇥项目编码          a cell; a bare TAB is a merged or empty cell, TAB + space a blank value
//! ⇥13060524P…
//!                    a blank line ends the row; two of them end the table
//! 1.劳务派遣经费…     anything else is a paragraph, or directly below a cell the cell's next line
//! ```

use crate::intake::detail::Limit;
use crate::intake::layout::{self, Block, Cell, Row};

/// Rows that a document may have.
pub const MAX_ROWS: usize = 500_000;
/// Cells that a row may have.
pub const MAX_CELLS: usize = 64;
/// Characters that a cell may have.
pub const MAX_CELL_CHARS: usize = 4_000;

/// Parts a text into paragraphs, rows and table ends; or the limit that it breaks, with the line.
pub fn blocks(text: &str) -> Result<Vec<Block>, (Limit, u32)> {
    let mut reader = Reader::default();
    let text = text.replace("\r\n", "\n");
    // What follows the last line end is no line: a file that ends "…\n" has no blank line there.
    let text = text.strip_suffix(['\n', '\r']).unwrap_or(&text);
    for line in text.split(['\n', '\r']) {
        reader.line += 1;
        reader.take(&line.replace(['\u{7}', '\u{b}', '\u{c}'], " "))?;
    }
    reader.end_row()?;
    Ok(reader.blocks)
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    cells: Vec<Cell>,
    line: u32,
    rows: usize,
    blank_lines: usize,
}

impl Reader {
    fn take(&mut self, line: &str) -> Result<(), (Limit, u32)> {
        if let Some(cells) = line.strip_prefix('\t') {
            self.blank_lines = 0;
            return cells.split('\t').try_for_each(|cell| self.add_cell(cell));
        }
        let text = line.trim();
        if text.is_empty() {
            return self.take_blank();
        }
        self.blank_lines = 0;
        if layout::is_title(text) {
            // A title never belongs to a cell, even where the blank lines between were lost with the rest of a row.
            self.end_row()?;
        }
        if let Some(cell) = self.cells.last_mut() {
            cell.text.push('\n');
            cell.text.push_str(text);
            return check_length(&cell.text, self.line);
        }
        self.blocks.push(Block::Paragraph { line: self.line, text: text.to_owned() });
        Ok(())
    }

    fn take_blank(&mut self) -> Result<(), (Limit, u32)> {
        self.end_row()?;
        self.blank_lines += 1;
        if self.blank_lines == 2 && matches!(self.blocks.last(), Some(Block::Row(_))) {
            self.blocks.push(Block::TableEnd);
        }
        Ok(())
    }

    fn add_cell(&mut self, text: &str) -> Result<(), (Limit, u32)> {
        let text = text.trim();
        check_length(text, self.line)?;
        self.cells.push(Cell { line: self.line, text: text.to_owned() });
        if self.cells.len() > MAX_CELLS { Err((Limit::Cells(MAX_CELLS), self.line)) } else { Ok(()) }
    }

    fn end_row(&mut self) -> Result<(), (Limit, u32)> {
        let Some(first) = self.cells.first() else { return Ok(()) };
        self.rows += 1;
        if self.rows > MAX_ROWS {
            return Err((Limit::Rows(MAX_ROWS), self.line));
        }
        let line = first.line;
        self.blocks.push(Block::Row(Row { line, cells: std::mem::take(&mut self.cells) }));
        Ok(())
    }
}

fn check_length(text: &str, line: u32) -> Result<(), (Limit, u32)> {
    let too_long = text.len() > MAX_CELL_CHARS && text.chars().count() > MAX_CELL_CHARS;
    if too_long { Err((Limit::CellChars(MAX_CELL_CHARS), line)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> String {
        let shown: Vec<String> = blocks(text).unwrap().iter().map(show).collect();
        shown.join(" / ")
    }

    fn show(block: &Block) -> String {
        match block {
            Block::Paragraph { line, text } => format!("{line}:{text}"),
            Block::TableEnd => "end".into(),
            Block::Row(row) => {
                let cells: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
                format!("{}[{}]", row.line, cells.join("|"))
            }
        }
    }

    #[test]
    fn cells_rows_and_table_ends_are_told_apart() {
        let text = "标题\n\ta\n\t\n\t \n\n\tb\n\n\n\n \n正文\n";
        assert_eq!(shape(text), "1:标题 / 2[a||] / 6[b] / end / 11:正文");
    }

    #[test]
    fn line_ends_of_every_system_count_the_same_lines() {
        let text = "标题\n\ta\n\tb\n\n\tc\n";
        assert_eq!(shape(&text.replace('\n', "\r\n")), shape(text));
        assert_eq!(shape(&text.replace('\n', "\r")), shape(text));
    }

    #[test]
    fn a_line_directly_below_a_cell_belongs_to_it() {
        assert_eq!(shape("\t绩效目标\n\t1.甲\n2.乙\n\n"), "1[绩效目标|1.甲\n2.乙]");
        assert_eq!(shape("\ta\tb\n"), "1[a|b]");
    }

    #[test]
    fn each_limit_names_itself_and_its_line() {
        assert_eq!(blocks(&"\ta\n".repeat(65)), Err((Limit::Cells(64), 65)));
        assert_eq!(blocks(&format!("\n\t{}", "字".repeat(4_001))), Err((Limit::CellChars(4_000), 2)));
        assert_eq!(blocks(&"\ta\n\n".repeat(500_001)).map(|_| ()), Err((Limit::Rows(500_000), 1_000_002)));
    }
}
