"""A list of 20 rows."""

from benchmarks.bench_author import AUTHORS, prepare
from benchmarks.load.http_requests import HttpRequests
from benchmarks.protection.switch import Question

QUESTION = Question(
    title=f"GET {AUTHORS} authors",
    load=HttpRequests("/api/authors"),
    prepare=prepare,
)
