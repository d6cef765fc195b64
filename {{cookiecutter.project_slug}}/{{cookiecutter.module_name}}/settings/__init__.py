from {{cookiecutter.module_name}}.settings.load import Settings, load_settings

__all__ = ["Settings", "load_settings"]
