"""The same list by WebSocket, against the textbook's HTTP."""

from {{cookiecutter.module_name}}.api.ws.constants import PkgID

from benchmarks.bench_author import baseline, prepare
from benchmarks.comparison import Comparison
from benchmarks.load.http_requests import HttpRequests
from benchmarks.load.package_requests import PackageRequests

comparison = Comparison(
    title="GET_AUTHORS (20), all on",
    load=PackageRequests(pkg_id=PkgID.GET_AUTHORS),
    baseline=baseline,
    baseline_title="textbook HTTP",
    baseline_load=HttpRequests("/api/authors"),
    aim=1.6,
    prepare=prepare,
)
