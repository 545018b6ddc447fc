"""The result of a load test as a picture: one SVG that needs nothing from outside.

It lies on a card of its own, so that it can be read on any page, and follows the reader's choice
of a light or a dark scheme. Fonts are those of the reader's system.
"""

import math
from collections.abc import Sequence
from html import escape

from firmhold.cli.load_report import Bucket, Moment, Report

WIDTH, HEIGHT = 960, 578
MARGIN = 40
CHART_TOP, CHART_HEIGHT = 292, 168
CHART_WIDTH = 416
RIGHT = WIDTH - MARGIN - CHART_WIDTH

# Told apart by every kind of colour vision, and by their lightness.
STYLE = """
.card{fill:#fff;stroke:#d8dee6}.ink{fill:#16202c}.soft{fill:#5b6878}.line{stroke:#e4e8ee}
.tile{fill:#f4f6f9}.good{fill:#0b7a53}.bad{fill:#c4321c}.onbadge{fill:#fff}
.done{fill:#0d9f6e}.refused{fill:#b4c0cf}.wrong{fill:#d9432b}.bar{fill:#3d7ff0}
.mark{stroke:#16202c}
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
.number{font-variant-numeric:tabular-nums}
@media (prefers-color-scheme:dark){
.card{fill:#131a23;stroke:#2b3644}.ink{fill:#eef2f7}.soft{fill:#98a6b8}.line{stroke:#263140}
.tile{fill:#1b2430}.good{fill:#35c48d}.bad{fill:#ff7a66}.onbadge{fill:#0d131a}
.done{fill:#2fb984}.refused{fill:#4b5b70}.wrong{fill:#ff6a55}.bar{fill:#5b95ff}
.mark{stroke:#eef2f7}
}
"""


def picture(report: Report) -> str:
    """The SVG."""
    body = [
        *_title(report),
        *_tiles(report),
        *_throughput(report.throughput),
        *_latency(report.latencies, report.latency_ms),
        *_foot(report),
    ]
    label = escape(f"Result of a load test. {report.verdict.headline}", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{label}">\n'
        f"<title>{label}</title>\n<style>{STYLE}</style>\n"
        f'<rect class="card" x="1" y="1" width="{WIDTH - 2}" height="{HEIGHT - 2}" rx="16"/>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


def _text(
    x: float, y: float, text: str, size: float, style: str, *, anchor: str = "start", bold: int = 0
) -> str:
    weight = f' font-weight="{bold}"' if bold else ""
    place = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return (
        f'<text class="{style} number" x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{weight}{place}>'
        f"{escape(text)}</text>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, *, mark: bool = False) -> str:
    style, dashes = ("mark", ' stroke-dasharray="3 3"') if mark else ("line", "")
    return (
        f'<line class="{style}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"{dashes}/>'
    )


def _rect(x: float, y: float, width: float, height: float, style: str, *, corner: float = 0) -> str:
    rounded = f' rx="{corner:g}"' if corner else ""
    return (
        f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}"{rounded}/>'
    )


# --- the words ---


def _title(report: Report) -> list[str]:
    found = report.verdict
    style = "good" if found.ok else "bad"
    head, _, rest = found.headline.partition(": ")
    head, rest = (head, rest) if rest else (found.headline, "")
    sign = "M45 65 l8 8 l15 -17" if found.ok else "M49 57 l14 14 m0 -14 l-14 14"
    rest = rest[:1].upper() + rest[1:]
    kept = f"{found.confirmed:,} confirmed and {found.held:,} held at the server"
    return [
        f'<circle class="{style}" cx="56" cy="64" r="22"/>',
        f'<path d="{sign}" fill="none" class="sign" stroke-width="4.5" stroke-linecap="round" '
        'stroke-linejoin="round"/>',
        "<style>.sign{stroke:#fff}"
        "@media (prefers-color-scheme:dark){.sign{stroke:#0d131a}}</style>",
        _text(94, 60, _short(head, 48), 28, style, bold=700),
        _text(94, 85, _short(f"{rest}. {kept}." if rest else f"{kept}.", 108), 15, "soft"),
    ]


def _tiles(report: Report) -> list[str]:
    latency = report.latency_ms
    tiles = [
        ("requests a second", f"{report.rate:,.0f}"),
        *((f"latency, {name}", _ms(latency.get(name, 0.0))) for name in ("p50", "p95", "p99")),
        ("customers at once", f"{report.plan.customers:,}"),
    ]
    gap, top, height = 16, 116, 92
    width = (WIDTH - 2 * MARGIN - gap * (len(tiles) - 1)) / len(tiles)
    parts = []
    for index, (name, value) in enumerate(tiles):
        x = MARGIN + index * (width + gap)
        parts.append(_rect(x, top, width, height, "tile", corner=10))
        parts.append(_text(x + 18, top + 48, value, 30, "ink", bold=650))
        parts.append(_text(x + 18, top + 73, name, 13.5, "soft"))
    return parts


def _foot(report: Report) -> list[str]:
    plan = report.plan
    rows = sorted(report.statuses, key=lambda row: -row.count)
    said = [f"{row.request} {row.status} {row.code}".strip() + f" ×{row.count:,}" for row in rows]
    loop = (
        "each customer sends its next request when the last is answered"
        if plan.rate is None
        else f"{plan.rate:,.0f} requests a second, whatever the answers do"
    )
    stock = f"{plan.items:,} item{'s' if plan.items > 1 else ''} of {plan.capacity:,} units"
    done = f"{report.requests:,} requests in {report.seconds:,.1f} s"
    top = HEIGHT - 66
    return [
        _line(MARGIN, top, WIDTH - MARGIN, top),
        _text(MARGIN, top + 25, f"firmhold loadtest: {stock}, {done}; {loop}", 12.5, "soft"),
        _text(MARGIN, top + 46, _short("Answers: " + ", ".join(said), 130), 12.5, "soft"),
    ]


# --- the charts ---


def _throughput(moments: Sequence[Moment]) -> list[str]:
    rates = [[n / (m.seconds or 1) for n in (m.done, m.refused, m.wrong)] for m in moments]
    top = _round_up(max((sum(rate) for rate in rates), default=0))
    end = (moments[-1].at + moments[-1].seconds) or 1.0
    parts = [_text(MARGIN, CHART_TOP - 34, "Answers a second", 16, "ink", bold=600)]
    x = float(MARGIN + CHART_WIDTH)
    for name, style in (("errors", "wrong"), ("refused", "refused"), ("done", "done")):
        x -= 7.0 * len(name)
        parts.append(_text(x, CHART_TOP - 34, name, 13, "soft"))
        x -= 16
        parts.append(_rect(x, CHART_TOP - 44, 11, 11, style, corner=2.5))
        x -= 16
    left, width = MARGIN + 46, CHART_WIDTH - 46
    parts += _grid(
        left, width, [(share * top, f"{share * top:,.0f}") for share in (0, 0.5, 1)], top
    )
    for moment, rate in zip(moments, rates, strict=True):
        ground = float(CHART_TOP + CHART_HEIGHT)
        x, wide = left + moment.at / end * width, moment.seconds / end * width
        gap = min(1.5, wide * 0.15)
        for part, style in zip(rate, ("done", "refused", "wrong"), strict=True):
            height = part / top * CHART_HEIGHT
            if height:
                # What happened at all is to be seen, be it one error in a million.
                height = max(height, 1.5)
                ground -= height
                parts.append(_rect(x, ground, wide - gap, height, style))
    for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        at = f"{end * share:,.1f} s" if share else "0 s"
        y = CHART_TOP + CHART_HEIGHT + 20
        parts.append(_text(left + share * width, y, at, 12, "soft", anchor=anchor))
    return parts


def _latency(found: Sequence[Bucket], latency: dict[str, float]) -> list[str]:
    parts = [_text(RIGHT, CHART_TOP - 34, "How long answers took", 16, "ink", bold=600)]
    if not found:
        return parts
    total = sum(bucket.count for bucket in found)
    top = _round_up(max(bucket.count for bucket in found) / total)
    left, width = RIGHT + 46, CHART_WIDTH - 46
    low, high = math.log10(found[0].low), math.log10(found[-1].high)

    def place(ms: float) -> float:
        return left + (math.log10(max(ms, 1e-6)) - low) / (high - low) * width

    parts += _grid(left, width, [(s * top, f"{s * top:.0%}") for s in (0, 0.5, 1)], top)
    for bucket in found:
        if bucket.count:
            x, height = place(bucket.low), bucket.count / total / top * CHART_HEIGHT
            height = max(height, 1.5)
            y = CHART_TOP + CHART_HEIGHT - height
            parts.append(_rect(x + 1, y, place(bucket.high) - x - 2, height, "bar", corner=1.5))
    free = float(left)
    for name in ("p50", "p95", "p99"):
        x = place(latency[name])
        parts.append(_line(x, CHART_TOP - 6, x, CHART_TOP + CHART_HEIGHT, mark=True))
        # Labels that would touch are pushed to the right; the line says where they belong.
        free = max(x, free)
        parts.append(_text(free, CHART_TOP - 12, name, 12, "ink", anchor="middle", bold=600))
        free += 32
    y = CHART_TOP + CHART_HEIGHT + 20
    for tick in _ticks(found[0].low, found[-1].high):
        parts.append(_text(place(tick), y, _ms(tick, exact=True), 12, "soft", anchor="middle"))
    return parts


def _grid(left: float, width: float, marks: Sequence[tuple[float, str]], top: float) -> list[str]:
    parts = []
    for value, label in marks:
        y = CHART_TOP + CHART_HEIGHT * (1 - value / (top or 1))
        parts.append(_line(left, y, left + width, y))
        parts.append(_text(left - 8, y + 4, label, 12, "soft", anchor="end"))
    return parts


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers of milliseconds within a range, some but not many."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3)):
        found = [n * 10.0**d for d in decades for n in steps if low <= n * 10.0**d <= high]
        if len(found) <= 7:
            return found
    return [10.0**d for d in decades if low <= 10.0**d <= high]


def _round_up(value: float) -> float:
    """The next number with one digit that is good to halve."""
    if value <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(value))
    return next(step * size for step in (1, 2, 3, 4, 5, 6, 8, 10) if value <= step * size)


def _ms(value: float, *, exact: bool = False) -> str:
    if value >= 1000:
        return f"{value / 1000:g} s" if exact else f"{value / 1000:,.2f} s"
    if exact:
        return f"{value:g} ms"
    return f"{value:.1f} ms" if value < 100 else f"{value:,.0f} ms"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
