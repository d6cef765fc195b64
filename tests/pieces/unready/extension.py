"""Never imported."""

import library_that_nobody_has
from src.extension import Extension

extension = Extension(name=library_that_nobody_has.NAME)
