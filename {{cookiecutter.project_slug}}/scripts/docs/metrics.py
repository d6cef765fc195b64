"""Every metric of the core, as /metrics names it."""

from prometheus_client.metrics import MetricWrapperBase

from {{cookiecutter.module_name}}.observability.metrics import Metrics
from {{cookiecutter.module_name}}.settings import Settings

from scripts.text_table import markdown

HEAD = ("metric", "kind", "labels", "tells")


def page(settings: Settings) -> str:
    """Sorted by name."""
    # There is no public way to what is registered, nor to names of labels.
    known = Metrics(settings.ENV).registry._collector_to_names
    rows = sorted(
        _row(metric)
        for metric in known
        if isinstance(metric, MetricWrapperBase)
    )
    return markdown([HEAD, *rows])


def _row(metric: MetricWrapperBase) -> tuple[str, str, str, str]:
    (family,) = metric.describe()
    suffix = "_total" if family.type == "counter" else ""
    labels = ", ".join(f"`{name}`" for name in metric._labelnames)
    return (
        f"`{family.name}{suffix}`",
        family.type,
        labels,
        family.documentation,
    )
