"""Records as tables of text."""
from benchmark_report.record import RUNGS, UNITS, geometric_mean


def print_header(record, run):
    machine = record["machine"]
    print(f"cpu:      {machine['processor']}, {machine['cores']} cores")
    print(f"system:   {machine['system']}")
    print(f"compiler: {machine['compiler']}")
    print(f"commit:   {machine['commit']}")
    print(f"date:     {run['date']}, load {run.get('load', [])}")
    for key, value in {"isa": run["isa"], **run["peers"]}.items():
        print(f"{key + ':':<10}{value}")
    for doubt in run.get("doubts", []):
        print(f"doubt:    {doubt}")


def print_table(rows):
    """lanewise beside its rungs and the best peer, a line a shape, with the mean of the ratios."""
    first = rows[0]
    unit, peak, share = UNITS[first.unit]
    print(f"\n{first.op} {first.dtype} t{first.threads}" +
          (f", {'/'.join(peak)} of one core {first.roof * 1e-9:.1f} {unit}" if first.roof else ""))
    rungs = [name for name in RUNGS if any(name in row.rates for row in rows)]
    print(f"{'shape':<26}{unit:>9}{share:>9}" + "".join(f"{name:>11}" for name in rungs) +
          f"  {'best peer':<20}{'ratio':>6}")
    for row in rows:
        line = f"{row.shape:<26}{row.rate * 1e-9:>9.1f}{f'{row.share:.2f}' if row.roof else '-':>9}"
        for name in rungs:
            line += f"{row.rates[name] * 1e-9:>11.2f}" if name in row.rates else f"{'-':>11}"
        if row.best_peer:
            name, rate = row.best_peer
            line += f"  {f'{name} {rate * 1e-9:.1f}':<20}{row.ratio:>6.2f}{' <' if row.loses else ''}"
        print(line)
    ratios = [row.ratio for row in rows if row.best_peer]
    if ratios:
        print(f"geometric mean of the ratios {geometric_mean(ratios):.2f}, least {min(ratios):.2f}")


def tables(rows):
    """The rows by operation, dtype and number of threads."""
    keys = sorted({(row.dtype, row.threads) for row in rows})
    for op in dict.fromkeys(row.op for row in rows):
        for dtype, threads in keys:
            found = [row for row in rows if (row.op, row.dtype, row.threads) == (op, dtype, threads)]
            if found:
                yield found


def print_record(record):
    for run in record["runs"]:
        print_header(record, run)
        for rows in tables(run["rows"]):
            print_table(rows)
        print()


def overview(rows):
    """(op, dtype, threads) -> its ratios to the best peers, those without a peer left out."""
    for found in tables(rows):
        ratios = [row.ratio for row in found if row.best_peer]
        if ratios:
            yield found[0], ratios, sum(row.loses for row in found)


def print_overview(record):
    for run in record["runs"]:
        print()
        print_header(record, run)
        print(f"\n{'operation':<30}{'threads':>8}{'rows':>6}{'ratio':>8}{'least':>8}{'slower':>8}")
        for first, ratios, lost in overview(run["rows"]):
            print(f"{first.op:<30}{first.threads:>8}{len(ratios):>6}{geometric_mean(ratios):>8.2f}"
                  f"{min(ratios):>8.2f}{lost:>8}")
