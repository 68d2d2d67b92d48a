"""Computes a month anew from the legs of `huitong clearing papers`, with DuckDB and nothing of ours: what each two regions owe each
other on each day, what each clearing member is owed or owes of each fund, what the month's rows come to, and what is paid of a month.
Each figure is held against what was netted, drawn up and ordered.

Reads {"folder", "members": {region: member}, "days": [...], "gross": [[day, debtor, creditor, fund, legs, fen]], "nets": [[day, member,
fund, fen]], "months": {name: [[debtor, creditor, fund, kind, belongs, legs, fen]]}, "payments": [{"name", "days", "nets": [[member, fund,
fen]]}], "deductions": name or null}; prints {"legs", "other_day", "kinds": {kind: legs}, "figures": {what: how many were compared}}. Ends
with an error that names the first figure which differs.
"""

import json
import os
import sys

import duckdb

given = json.load(sys.stdin)
tables = duckdb.connect()
for name in ("legs", "deductions"):
    path = os.path.join(given["folder"], name + ".parquet").replace("'", "''")
    tables.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{path}')")
tables.execute("CREATE TABLE members (region VARCHAR, member VARCHAR)")
tables.executemany("INSERT INTO members VALUES (?, ?)", list(given["members"].items()))
# What a leg brings each of its two members, under the cycle that took it.
tables.execute("""CREATE VIEW sides AS
    SELECT cycle, member, fund, amount FROM legs JOIN members ON region = creditor
    UNION ALL SELECT cycle, member, fund, -amount FROM legs JOIN members ON region = debtor""")

FEN = "CAST(sum(amount) * 100 AS BIGINT)"
figures = {}


def table(query, figures_in_row, *values):
    """The rows of a query by what they are told apart by, which stands before their figures."""
    rows = tables.execute(query, list(values)).fetchall()
    return {row[:-figures_in_row]: row[-figures_in_row:] for row in rows}


def said(rows, figures_in_row):
    return {tuple(row[:-figures_in_row]): tuple(row[-figures_in_row:]) for row in rows}


def held(what, computed, told):
    for key in sorted(computed.keys() | told.keys()):
        if computed.get(key) != told.get(key):
            sys.exit(f"{what} {' '.join(key)}: the legs come to {computed.get(key)}, and {told.get(key)} is said")
    figures[what] = figures.get(what, 0) + sum(len(row) for row in told.values())


gross = table(f"SELECT CAST(cycle AS VARCHAR), debtor, creditor, fund, count(*), {FEN} FROM legs GROUP BY ALL", 2)
held("gross", gross, said(given["gross"], 2))
nets = table(f"SELECT CAST(cycle AS VARCHAR), member, fund, {FEN} FROM sides GROUP BY ALL HAVING sum(amount) <> 0", 1)
held("net", nets, said(given["nets"], 1))

BELONGS = "CASE WHEN business_day <= CAST(? AS DATE) THEN 'earlier' ELSE 'month' END"
for name, rows in given["months"].items():
    # The last cycle before the month; before the first there is none, and everything is of that month.
    before = max((day for day in given["days"] if day[:7] < name), default=None)
    month = f"""SELECT debtor, creditor, fund, kind, {BELONGS}, count(*), {FEN} FROM legs
        WHERE strftime(cycle, '%Y-%m') = ? GROUP BY ALL"""
    held(f"month {name}", table(month, 2, before, name), said(rows, 2))
    if name == given["deductions"]:
        taken_off = f"""SELECT CAST(cycle AS VARCHAR), debtor, creditor, fund, kind, {BELONGS}, count(*), {FEN} FROM legs
            WHERE strftime(cycle, '%Y-%m') = ? AND kind LIKE 'deduction%' GROUP BY ALL"""
        listed = f"""SELECT CAST(cycle AS VARCHAR), debtor, creditor, fund, kind, belongs, count(*), {FEN} FROM deductions
            GROUP BY ALL"""
        held("deductions", table(taken_off, 2, before, name), table(listed, 2))
for order in given["payments"]:
    days = f"""SELECT member, fund, {FEN} FROM sides WHERE list_contains(?, CAST(cycle AS VARCHAR))
        GROUP BY ALL HAVING sum(amount) <> 0"""
    held(f"payment {order['name']}", table(days, 1, order["days"]), said(order["nets"], 1))

count = lambda condition: tables.execute(f"SELECT count(*) FROM legs WHERE {condition}").fetchone()[0]
kinds = tables.execute("SELECT kind, count(*) FROM legs GROUP BY ALL").fetchall()
json.dump(
    {"legs": count("true"), "other_day": count("business_day <> cycle"), "kinds": dict(kinds), "figures": figures},
    sys.stdout,
)
