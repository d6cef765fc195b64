"""A login and nothing else."""

from benchmarks.load.http_requests import HttpRequests
from benchmarks.protection.switch import Question

QUESTION = Question(title="GET /api/me", load=HttpRequests("/api/me"))
