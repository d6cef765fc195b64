.PHONY: rbac realm

##@ Roles

rbac: setup ## Print who may call what; FORMAT=text|json|markdown OUT=file
	@$(PYTHON) -m scripts.rbac --format '$(or $(FORMAT),text)' $(if $(OUT),--out '$(OUT)')

realm: setup ## Add the roles of the code to the realm; CHECK=1 only compares
	@$(PYTHON) -m scripts.realm $(if $(filter 1 y yes true,$(CHECK)),--check)
