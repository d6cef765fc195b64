"""Files of certificates that settings name."""

import ssl
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, FilePath


def _readable(path: Path) -> Path:
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ValueError(f"holds no certificates: {reason}") from error
    return path


type CertificateFile = Annotated[FilePath, AfterValidator(_readable)]
