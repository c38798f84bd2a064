"""infra/local/invocation.py: what a handler's answer means to Lambda."""

from typing import Any

import pytest

from infra.local.invocation import Function


def failing(answer: Any) -> set[str]:
    return Function("f", lambda _event, _context: answer).failures({}, ["a", "b"])


@pytest.mark.parametrize(
    "answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}, "ok"]
)
def test_an_answer_without_failures_is_a_success(answer: Any) -> None:
    assert failing(answer) == set()


def test_named_failures_are_the_failures() -> None:
    assert failing({"batchItemFailures": [{"itemIdentifier": "b"}]}) == {"b"}


@pytest.mark.parametrize("identifier", ["", None, "unknown"])
def test_a_failure_that_names_nothing_of_the_batch_fails_it_all(identifier: Any) -> None:
    assert failing({"batchItemFailures": [{"itemIdentifier": identifier}]}) == {"a", "b"}


def test_a_raised_error_fails_the_batch_and_is_logged_without_ending_the_pump(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(_event: Any, _context: Any) -> None:
        raise LookupError("here")

    function = Function("broken", broken)
    assert function.failures({}, ["a"]) == {"a"}
    assert (function.invocations, function.busy) == (1, 0)
    assert "broken failed: LookupError" in caplog.text


def test_a_handler_gets_a_lambda_context() -> None:
    seen: list[Any] = []
    Function("due_work", lambda _event, context: seen.append(context)).invoke({})
    (context,) = seen
    assert context.function_name == "due_work"
    assert context.aws_request_id
    assert 0 < context.get_remaining_time_in_millis() <= 60_000
