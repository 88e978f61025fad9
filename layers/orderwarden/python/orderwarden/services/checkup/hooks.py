"""Checks of the hooks, and of the secrets that prove their webhooks."""

from __future__ import annotations

from collections.abc import Iterator

from orderwarden.domain.hook_secrets import HookSecrets
from orderwarden.domain.hooks_wanted import HookTask
from orderwarden.domain.rotation import Rotation
from orderwarden.services.checkup.finding import Finding, broken, doubtful, fine
from orderwarden.services.checkup.remedies import ON_ONE_MACHINE, Remedies
from orderwarden.services.compare_hooks import HooksSeen

SYNC = "run `orderwarden hooks sync`"


def check_hooks(seen: HooksSeen) -> Iterator[Finding]:
    """Say what is wrong with the hooks, and what the store blocks."""
    for task in seen.tasks:
        yield _finding(task)
    for blocked in seen.blocked:
        yield broken(
            "hooks",
            f"the store sends nothing to {blocked.destination} for {blocked.left_s} s more",
            "see why deliveries fail: the server must answer, and fast",
        )
    if seen.exceptions_go_elsewhere:
        yield doubtful(
            "hooks",
            "delivery exceptions go elsewhere, and a store allows one hook for them",
            "use an API account of its own for Orderwarden",
        )
    if not seen.tasks and not seen.blocked:
        yield fine("hooks", f"all {len(seen.ours)} are there, active and right")


def check_secrets(
    secrets: HookSecrets,
    configured: tuple[str, ...],
    rotation: Rotation | None,
    remedies: Remedies = ON_ONE_MACHINE,
) -> Iterator[Finding]:
    """Say whether anything proves a webhook, and whether what was retired is still listed."""
    if not secrets.hook_secrets and not secrets.client_secrets:
        yield broken("secrets", "nothing proves a webhook", remedies.client_secrets)
        return
    if not secrets.hook_secrets:
        yield doubtful(
            "secrets",
            "webhooks are proved by signature alone, and not every hook is known to be signed",
            "run `orderwarden hooks rotate-secret`: it makes a secret header",
        )
    elif not secrets.client_secrets:
        yield doubtful(
            "secrets",
            "webhooks are proved by our header alone, which proves the sender, not the body",
            remedies.client_secrets,
        )
    else:
        yield fine("secrets", "signature and header can prove a webhook")
    retired = [one for one in configured if one not in secrets.hook_secrets]
    if rotation is not None and retired:
        yield doubtful(
            "secrets",
            f"{len(retired)} of the configured hook_secrets were retired and are refused",
            "take them out of the configuration",
        )


def _finding(task: HookTask) -> Finding:
    reasons = ", ".join(task.reasons)
    if task.hook is None or "off" in task.reasons or "wrong_secret" in task.reasons:
        since = f" since {task.off_since:%Y-%m-%d %H:%M} or before" if task.off_since else ""
        return broken("hooks", f"{task.scope}: {reasons}{since}", SYNC)
    return doubtful("hooks", f"{task.scope} to {task.destination}: {reasons}", SYNC)
