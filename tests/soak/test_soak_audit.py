"""What the audit of a soak takes for a fault, one by one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.soak.audit import Audit
from tests.soak.books import Answered, Books
from tests.soak.traffic import SECRET, request_of

SEED = 3
ELAPSED = 0.5


def row_of(number: int, **changes: Any) -> dict[str, Any]:
    """Give what must be stored of a request that took half a second."""
    request = request_of(SEED, number)
    return {
        "id": number + 1,
        "uid": f"{number:024x}",
        "method": request.method,
        "name": request.rule,
        "status": request.status,
        "error": request.status >= 500,
        "size": None if request.answer is None else len(request.answer),
        "elapsed": ELAPSED,
        "phases": {"before": 0.0, "view": ELAPSED},
        "kwargs": {"number": number},
        "context": {"headers": {"X-Soak": str(number)}, **request.kept},
        **changes,
    }


def audit_of(rows: list[dict[str, Any]], sent: int = 50) -> Audit:
    """Audit rows where all but the last request were answered within a second."""
    books = Books(sent=sent)
    books.answered = {number: Answered(0.0, 1.0) for number in range(sent - 1)}
    audit = Audit(SEED, books)
    audit.rows(map(json.dumps, rows))
    return audit


def rows(**changes: Any) -> list[dict[str, Any]]:
    return [row_of(0, **changes), *(row_of(number) for number in range(1, 49))]


def groups_of(audit: Audit) -> list[dict[str, Any]]:
    return [
        {
            "method": method,
            "name": name,
            "count": route.count,
            "errors": route.errors,
            "totalElapsed": route.total_us / 1_000_000,
            "minElapsed": ELAPSED,
            "maxElapsed": ELAPSED,
        }
        for (method, name), route in audit.routes.items()
    ]


def test_books_that_balance_have_no_faults() -> None:
    audit = audit_of(rows())
    audit.summary(groups_of(audit))
    assert audit.wrong == []


def test_a_request_that_was_sent_and_not_answered_may_be_stored() -> None:
    assert audit_of([*rows(), row_of(49)]).wrong == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"method": "PATCH"}, "method is 'PATCH'"),
        ({"name": "/other"}, "name is '/other'"),
        ({"status": 418}, "status is 418"),
        ({"error": True}, "error is True"),
        ({"context": {"headers": {"X-Soak": "7"}}}, "its context is another's"),
        ({"elapsed": 1.1}, "the client saw 1.000000 s"),
        ({"phases": {"view": 0.1}}, "its phases are 100000 µs together"),
        ({"endpoint": SECRET}, "a secret is stored"),
        ({"kwargs": {"number": 50}}, "was never sent"),
        ({"kwargs": {"number": 50}}, "request 0 "),
        ({"kwargs": {"number": 1}}, "request 1 is stored 2 times"),
        ({"uid": f"{1:024x}"}, "is stored twice"),
    ],
)
def test_a_row_that_is_not_as_sent_is_a_fault(
    changes: dict[str, Any], said: str
) -> None:
    wrong = audit_of(rows(**changes)).wrong
    assert [fault for fault in wrong if said in fault], wrong


def test_a_time_shorter_than_the_sleep_is_a_fault() -> None:
    number = next(n for n in range(49) if request_of(SEED, n).slept_us >= 5000)
    changed = rows()
    short = {"elapsed": 0.000_9, "phases": {"view": 0.000_9}}
    changed[number] = row_of(number, **short)
    [wrong] = audit_of(changed).wrong
    assert "and the view slept" in wrong


@pytest.mark.parametrize("name", ["count", "errors", "totalElapsed", "maxElapsed"])
def test_a_report_that_differs_from_its_rows_is_a_fault(name: str) -> None:
    audit = audit_of(rows())
    groups = groups_of(audit)
    groups[0][name] += 1
    audit.summary(groups)
    assert [fault for fault in audit.wrong if fault.startswith("summary:")]


def test_a_route_that_is_only_in_the_report_is_a_fault() -> None:
    audit = audit_of(rows())
    groups = groups_of(audit)
    audit.summary([*groups, {**groups[0], "name": "/other"}])
    assert ["/other" in fault for fault in audit.wrong] == [True]
