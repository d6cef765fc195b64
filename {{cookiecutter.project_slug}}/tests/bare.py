"""The service without what its pieces do for each request."""

from {{cookiecutter.module_name}}.extension import discover


def without_pieces() -> dict[str, str]:
    """Variables that switch off the pieces that can be."""
    return {
        name: "false"
        for piece in discover("{{cookiecutter.module_name}}.extensions")
        if piece.settings is not None
        for name in piece.settings.model_fields
        if name.endswith("_ENABLED")
    }
