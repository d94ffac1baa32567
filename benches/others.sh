#!/usr/bin/env bash
# Times other programs on the ledger of the portfolio bench: what was due and spent by 16 July 2024, of each of 10,000
# projects, with 200 disbursements each and with a tenth of them. DuckDB (from PyPI, into a throw-away environment) reads
# the CSV files; hledger (Debian's package, if it is there) the journal.
#
#   cargo bench --bench portfolio -- --export FOLDER && benches/others.sh FOLDER
set -euo pipefail
folder=$(realpath "${1:?the folder that the portfolio bench exported to}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

mkdir "$scratch/20"
awk 'NR == 1 || NR % 10 == 0' "$folder/ledger.csv" >"$scratch/20/ledger.csv"
cp "$folder/plan.csv" "$scratch/20/"
{
  sed '/^$/q' "$folder/ledger.journal" # the budget
  awk -F, 'NR > 1 { printf "%s pay\n    expenses:%s  %.2f\n    assets\n\n", $2, $1, $3 / 100 }' "$scratch/20/ledger.csv"
} >"$scratch/20/ledger.journal"

python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet duckdb
cat >"$scratch/ask.py" <<'PYTHON'
import sys, time, duckdb

def ask(folder):
    begun = time.perf_counter()
    rows = duckdb.connect().execute(f"""
        WITH spent AS (SELECT code, SUM(amount_fen) AS fen FROM read_csv('{folder}/ledger.csv')
                       WHERE paid_on <= DATE '2024-07-16' GROUP BY code),
             due AS (SELECT code, MAX(planned_fen) AS fen FROM read_csv('{folder}/plan.csv')
                     WHERE point_on <= DATE '2024-07-16' GROUP BY code)
        SELECT due.code, due.fen, COALESCE(spent.fen, 0) FROM due LEFT JOIN spent USING (code) ORDER BY 1""").fetchall()
    assert len(rows) == 10000, len(rows)
    return (time.perf_counter() - begun) * 1000

for folder in sys.argv[1:]:
    print(f"DuckDB {duckdb.__version__} from CSV, best of 7: {min(ask(folder) for _ in range(7)):.0f} ms")
PYTHON
"$scratch/venv/bin/python" "$scratch/ask.py" "$scratch/20" "$folder"

if type -P hledger >/dev/null; then
  TIMEFORMAT="$(hledger --version | cut -d, -f1) bal --budget: %R s"
  for journal in "$scratch/20/ledger.journal" "$folder/ledger.journal"; do
    time hledger -f "$journal" bal --budget --begin 2024-01-01 --end 2024-07-17 --no-total expenses >/dev/null
  done
else
  echo "hledger is not installed; Debian has it as a package"
fi
