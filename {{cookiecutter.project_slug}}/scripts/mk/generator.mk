.PHONY: ws-handlers new-ws-handlers

##@ WebSocket packages

ws-handlers: setup ## List packages, their handlers, roles and schemas
	@$(PYTHON) -m scripts.ws_handlers

new-ws-handlers: setup ## Ask for a package and write its handler, command and test
	@$(PYTHON) -m scripts.generator
