"""Swagger UI and Keycloak's login page, as somebody uses them."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    WebError,
    expect,
)


class Traffic:
    """All that a browser context asked for, and what its pages complain of."""

    def __init__(self, context: BrowserContext) -> None:
        self.requests: list[Request] = []
        self.complaints: list[str] = []
        context.on("request", self._note_request)
        context.on("console", self._note_console)
        context.on("weberror", self._note_error)

    @property
    def origins(self) -> set[str]:
        parts = (urlsplit(request.url) for request in self.requests)
        return {
            f"{part.scheme}://{part.netloc}"
            for part in parts
            if part.scheme not in {"data", "blob"}
        }

    @property
    def failures(self) -> list[str]:
        return [
            f"{request.url}: {request.failure}"
            for request in self.requests
            if request.failure
        ]

    def to(self, path: str, method: str = "GET") -> Request:
        """Pick the only request whose path ends so."""
        (request,) = (
            request
            for request in self.requests
            if urlsplit(request.url).path.endswith(path)
            and request.method == method
        )
        return request

    def _note_request(self, request: Request) -> None:
        self.requests.append(request)

    def _note_error(self, error: WebError) -> None:
        self.complaints.append(str(error.error))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@dataclass(frozen=True)
class Reply:
    """What Swagger UI shows of a reply."""

    status: str
    body: str
    headers: str


class SwaggerUI:
    """The page under /docs, in one tab."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._dialog = page.locator(".dialog-ux .modal-ux")
        self._login = self._dialog.locator(".auth-container").filter(
            has_text="authorizationCode with PKCE"
        )

    def open(self, url: str) -> Self:
        self.page.goto(url)
        expect(self.page.locator(".opblock").first).to_be_visible()
        return self

    def log_in(self, username: str) -> None:
        self.sign_in(self.ask_for_login(), username)
        self.close_dialog()

    def ask_for_login(self) -> Page:
        """Open Keycloak's page."""
        self.page.locator(".auth-wrapper .authorize").click()
        with self.page.expect_popup() as opened:
            self._login.locator("button.authorize").click()
        login = opened.value
        expect(login.get_by_label("Username")).to_be_visible()
        return login

    def sign_in(self, login: Page, username: str) -> None:
        """Come back from Keycloak's page to the dialog."""
        login.get_by_label("Username").fill(username)
        login.get_by_label("Password", exact=True).fill(username)
        with login.expect_event("close"):
            login.get_by_role("button", name="Sign In").click()
        authorized = self._login.get_by_role("heading", name="Authorized")
        expect(authorized).to_be_visible()

    def close_dialog(self) -> None:
        self._dialog.locator(".close-modal").click()

    def execute(
        self, method: str, path: str, body: str | None = None
    ) -> Reply:
        """Call an operation; without a body it sends the example's."""
        operation = self.operation(method, path)
        operation.locator(".opblock-summary-control").click()
        if body is not None:
            operation.locator("textarea.body-param__text").fill(body)
        operation.get_by_role("button", name="Execute").click()
        live = operation.locator(".live-responses-table .response")
        expect(live).to_be_visible()
        shown = live.locator(".response-col_description")
        status = live.locator(".response-col_status").inner_text()
        return Reply(
            status=status.split()[0],
            body=shown.locator(".highlight-code pre").inner_text(),
            headers=shown.locator("pre:has(.headerline)").inner_text(),
        )

    def operation(self, method: str, path: str) -> Locator:
        return self.page.locator(
            f".opblock-{method.lower()}",
            has=self.page.locator(f'[data-path="{path}"]'),
        )


def query_of(request: Request) -> dict[str, str]:
    return _single(urlsplit(request.url).query)


def form_of(request: Request) -> dict[str, str]:
    return _single(request.post_data or "")


def _single(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}
