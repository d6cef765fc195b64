"use strict";

// Hands Keycloak's answer to the Swagger UI that opened this window.
// `swaggerUIRedirectOauth2` is how Swagger UI says what it waits for.
function finish() {
  const waiting = window.opener && window.opener.swaggerUIRedirectOauth2;
  if (!waiting) {
    document.getElementById("message").textContent =
      "This page belongs to a login that is over. Close it and try again.";
    return;
  }
  const answer = new URLSearchParams(window.location.search);
  const { auth, callback, errCb, redirectUrl, state } = waiting;
  const fail = (message) =>
    errCb({ authId: auth.name, source: "auth", level: "error", message });

  if (answer.get("state") !== state) {
    fail("The answer belongs to another login (wrong state).");
  } else if (answer.has("code")) {
    delete waiting.state;
    auth.code = answer.get("code");
    callback({ auth, redirectUrl });
  } else {
    fail(answer.get("error_description") || answer.get("error") || "No code.");
  }
  window.close();
}

finish();
