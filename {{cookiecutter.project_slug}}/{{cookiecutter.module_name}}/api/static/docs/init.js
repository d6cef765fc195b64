"use strict";

// Starts Swagger UI; what it needs to know stands on the page.
const root = document.getElementById("swagger-ui");
const here = (path) => new URL(path, window.location.href).href;

const ui = SwaggerUIBundle({
  domNode: root,
  url: here("openapi.json"),
  oauth2RedirectUrl: here("docs/oauth2-redirect"),
  deepLinking: true,
  // The schemas below the operations start closed.
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  // The validator's badge would ask a server elsewhere.
  validatorUrl: null,
});

ui.initOAuth({
  clientId: root.dataset.clientId,
  scopes: "openid",
  usePkceWithAuthorizationCodeGrant: true,
});
