"""Lists page by page: by number, or by cursor.

`get_paginated_results` serves a model as it is; repositories bind `Filters`
and `Sorting` and serve pages of either kind.
"""

from {{cookiecutter.module_name}}.storage.pagination.filters import Filters
from {{cookiecutter.module_name}}.storage.pagination.keyset import cursor_page
from {{cookiecutter.module_name}}.storage.pagination.listing import Listing
from {{cookiecutter.module_name}}.storage.pagination.offset import (
    get_paginated_results,
    offset_page,
)
from {{cookiecutter.module_name}}.storage.pagination.sorting import Sorting, SortKey

__all__ = [
    "Filters",
    "Listing",
    "SortKey",
    "Sorting",
    "cursor_page",
    "get_paginated_results",
    "offset_page",
]
