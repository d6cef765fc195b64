"""Swagger UI and Keycloak's login page, as somebody uses them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    expect,
)


class Traffic:
    """All that a browser context asked for, and what its pages complain of."""

    def __init__(self, context: BrowserContext) -> None:
        self.requests: list[Request] = []
        self.complaints: list[str] = []
        context.on("request", self.requests.append)
        context.on("console", self._note)
        context.on("weberror", lambda e: self.complaints.append(str(e.error)))

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

    def _note(self, message: ConsoleMessage) -> None:
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

    def __init__(self, page: Page, screenshots: Path) -> None:
        self.page = page
        self._screenshots = screenshots
        self._dialog = page.locator(".dialog-ux .modal-ux")

    def open(self, url: str) -> Self:
        self.page.goto(url)
        expect(self.page.locator(".opblock").first).to_be_visible()
        return self

    def take(self, name: str, page: Page | None = None) -> None:
        self._screenshots.mkdir(parents=True, exist_ok=True)
        target = self._screenshots / f"{name}.png"
        (page or self.page).screenshot(path=target, full_page=True)

    def log_in(self, username: str, *, shots: bool = False) -> None:
        """Come back from Keycloak's own page with the dialog still open."""
        self.page.locator(".auth-wrapper .authorize").click()
        login = self._login_with_code()
        with self.page.expect_popup() as opened:
            login.get_by_role("button", name="Authorize").click()
        popup = opened.value
        popup.get_by_label("Username or email").fill(username)
        popup.get_by_label("Password", exact=True).fill(username)
        if shots:
            self.take("2-keycloak", popup)
        with popup.expect_event("close"):
            popup.get_by_role("button", name="Sign In").click()
        expect(login.get_by_role("heading", name="Authorized")).to_be_visible()
        if shots:
            self.take("3-authorized")
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
        return Reply(
            status=live.locator(".response-col_status")
            .inner_text()
            .split()[0],
            body=shown.locator(".highlight-code").first.inner_text(),
            headers=shown.locator(".headerline").first.inner_text(),
        )

    def operation(self, method: str, path: str) -> Locator:
        return self.page.locator(
            f".opblock-{method.lower()}",
            has=self.page.locator(f'[data-path="{path}"]'),
        )

    def _login_with_code(self) -> Locator:
        return self._dialog.locator(".auth-container").filter(
            has_text="authorizationCode with PKCE"
        )


def query_of(request: Request) -> dict[str, str]:
    return _single(urlsplit(request.url).query)


def form_of(request: Request) -> dict[str, str]:
    return _single(request.post_data or "")


def _single(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}
