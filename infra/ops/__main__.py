"""`python -m infra.ops COMMAND ARGUMENT…`: runs one operations command.

A command is a module of this package with `run(arguments) -> exit code`, imported only when it is
called for. Exit code 2 is wrong usage.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

COMMANDS = {
    "add-operator": ("infra.ops.add_operator", "invite the first of the operations people"),
    "clear": ("infra.ops.clear", "verify or refuse what a practice may do: claims, sms, …"),
    "count-storage": ("infra.ops.count_storage", "count anew what a practice stores"),
    "erase-practice": ("infra.ops.erase_practice", "destroy a closed practice; two people decide"),
    "import-practice": ("infra.ops.import_practice", "take an export in, as a new practice"),
    "invoice": ("infra.ops.invoice", "record that a month of a subscription is paid, or void it"),
    "inspect": ("infra.ops.inspect_files", "tell what EDI files are, without posting them"),
    "redrive": ("infra.ops.redrive", "put a domain's dead letters back into its queue"),
    "resume": ("infra.ops.resume", "let a suspended practice work again"),
    "sealed": ("infra.ops.sealed_files", "list shared-mailbox files that fit no practice"),
    "suspend": ("infra.ops.suspend", "stop sign-in and queues of a practice; its data stays"),
    "verify-audit": ("infra.ops.verify_audit", "tell whether the audit is as it was written"),
}


def main(arguments: Sequence[str]) -> int:
    """Run the command that `arguments` names; its exit code."""
    if not arguments or arguments[0] not in COMMANDS:
        print(_usage(), file=sys.stderr)
        return 2
    module, _ = COMMANDS[arguments[0]]
    code: int = import_module(module).run(arguments[1:])
    return code


def _usage() -> str:
    lines = [f"  {name:<16} {summary}" for name, (_, summary) in COMMANDS.items()]
    return "\n".join(["usage: python -m infra.ops COMMAND ARGUMENT…", *lines])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
