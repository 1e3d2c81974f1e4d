"""Makes the table of a race: ratios within each round, their medians, and whether targets are met."""
import statistics

import cases


def middle(values):
    """Median and quartiles; of fewer than four, the least and the greatest instead of quartiles."""
    if len(values) < 4:
        return statistics.median(values), min(values), max(values)
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return statistics.median(values), low, high


def shown(values, digits=2):
    """`0.61 (0.59-0.66)`"""
    median, low, high = middle(values)
    text = f"{median:.{digits}f}"
    return text if len(values) == 1 else f"{text} ({low:.{digits}f}-{high:.{digits}f})"


def term_us(results, case, name):
    """What a name in a limit stands for in one round; None = it was not measured."""
    if name == "fastest peer":
        peers = [results[case.name, peer].us for peer in cases.PEERS if (case.name, peer) in results]
        return min(peers, default=None)
    found = results.get((case.name, name)) or results.get((name, "signet"))
    return found.us if found else None


def bound_us(results, case, limit):
    """The most that the case may take in this round; None when a part of it was not measured."""
    parts = [(weight, term_us(results, case, name)) for name, weight in limit.items()]
    return None if any(us is None for _, us in parts) else sum(weight * us for weight, us in parts)


def limit_text(limit):
    return " + ".join((f"{weight:g} x " if weight != 1 else "") + name for name, weight in limit.items())


def verdict(rounds, case, limit):
    """Whether the median of the rounds is within a limit, and the quotient of time and limit."""
    quotients = []
    for results in rounds:
        bound = bound_us(results, case, limit)
        if bound:
            quotients.append(results[case.name, "signet"].us / bound)
    text = limit_text(limit)
    if not quotients:
        return f"{text}: not measured"
    if len(limit) == 1:  # the ratio itself says more than its share of what is allowed
        weight = next(iter(limit.values()))
        figure = shown([one * weight for one in quotients])
    else:
        figure = shown(quotients) + " of it"
    return f"{text}: {'met' if statistics.median(quotients) <= 1 else 'MISSED'}, {figure}"


def ratios(rounds, case, other):
    """The quotients of Signet and a competitor, a round each."""
    return [
        results[case.name, "signet"].us / results[case.name, other].us
        for results in rounds if (case.name, other) in results
    ]  # fmt: skip


def is_slower(rounds, case):
    """Whether the case is slower than the baseline by more than is allowed, and by more than the rounds differ.

    Of fewer than three rounds nothing is concluded.
    """
    values = ratios(rounds, case, "before")
    return len(values) >= 3 and middle(values)[1] > cases.BASELINE_MAX


def latency(rounds, case):
    """`0.31 / 0.12 ms = 2.6`, with a mark when the limit is missed, and then nginx's, which says what the machine
    allows."""
    found = quotient_of_times(rounds, case, "signet")
    if found is None:
        return ""
    shown, quotient = found
    nginx = quotient_of_times(rounds, case, "nginx")
    return shown + (" MISSED" if quotient > cases.LATENCY_MAX else "") + (f"; nginx {nginx[0]}" if nginx else "")


def quotient_of_times(rounds, case, name):
    """p99 and p50 at half of a competitor's peak load, as a text, and their quotient; None = not measured."""
    runs = [results[case.name, name] for results in rounds if (case.name, name) in results]
    runs = [one for one in runs if one.p50_us]
    if not runs:
        return None
    p50, p99 = statistics.median(r.p50_us for r in runs), statistics.median(r.p99_us for r in runs)
    quotient = statistics.median(r.p99_us / r.p50_us for r in runs)
    return f"{p99 / 1000:.2f} / {p50 / 1000:.2f} ms = {quotient:.1f}", quotient


def median_of(rounds, case, name, member):
    return statistics.median(getattr(results[case.name, name], member) for results in rounds if (case.name, name) in results)


def notes(rounds, case):
    """What makes a figure doubtful."""
    runs = [results[case.name, "signet"] for results in rounds]
    found = [f"{100 * statistics.median(r.others for r in runs):.0f} %"]
    if any(r.stolen > 0.05 for r in runs):
        found.append(f"stolen {100 * max(r.stolen for r in runs):.0f} %")
    if any(r.wrapped for r in runs) and not case.repeats and case.endpoint != "decrypt":
        found.append(f"tokens used {1 + max(r.wrapped for r in runs)} times")
    return ", ".join(found)


def columns_of(rounds):
    """The competitors that took part, in the table's order."""
    took_part = {name for results in rounds for _, name in results}
    return [name for name in ["nginx", *cases.PEERS, "raw", "one thread", "before"] if name in took_part]


def markdown(rounds, raced):
    """The whole table, a row for each case."""
    others = columns_of(rounds)
    head = ["case", "us a request", *(f"x {name}" for name in others), "at most", "p99 / p50 at half of peak", "MiB", "others"]
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(others) + 1) + "|---|---|--:|---|"]
    for case in raced:
        cells = [case.name, shown([results[case.name, "signet"].us for results in rounds], 1)]
        for name in others:
            values = ratios(rounds, case, name)
            cells.append(shown(values) if values else "")
        cells.append("; ".join(verdict(rounds, case, limit) for limit in case.limits))
        cells += [latency(rounds, case), f"{median_of(rounds, case, 'signet', 'mib'):.0f}", notes(rounds, case)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def slower_cases(rounds, raced):
    """Lines about the cases that are slower than the baseline."""
    return [
        f"{case.name} takes {shown(ratios(rounds, case, 'before'))} x the time of the baseline; "
        f"{cases.BASELINE_MAX} is allowed"
        for case in raced if is_slower(rounds, case)
    ]  # fmt: skip
