from {{cookiecutter.module_name}}.managers.keycloak_admin.admin import RealmAdmin

__all__ = ["RealmAdmin"]
