"""Metrics of one application are its own."""

from {{cookiecutter.module_name}}.observability.metrics import Metrics


def test_two_applications_in_a_process_count_apart() -> None:
    one, other = Metrics("dev"), Metrics("dev")
    one.websocket.messages_received.inc()
    assert b"ws_messages_received_total 1.0" in one.render()
    assert b"ws_messages_received_total 0.0" in other.render()


def test_the_environment_is_told() -> None:
    text = Metrics("staging").render().decode()
    (line,) = [line for line in text.splitlines() if "app_info{" in line]
    assert 'environment="staging"' in line
    assert line.endswith(" 1.0")
