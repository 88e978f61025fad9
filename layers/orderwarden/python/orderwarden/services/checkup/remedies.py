"""What a person does about a finding, where that depends on the host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_DOCUMENT: Final = "docs/operate.md says what it means and what to do"


@dataclass(frozen=True, slots=True)
class Remedies:
    """Sentences, or ends of them; each may be followed by nothing.

    Attributes:
        new_access: After "make a new token".
        client_secrets: Nothing signs webhooks, or we do not know the key.
        reach_api: The store's API does not answer.
        worker: Signals wait, and nobody takes them.
        schedule: Nobody does what is due by the clock.
        address: We do not know where webhooks can be delivered.
        refused: Our own address refuses our own secrets.
        other_store: Our own address does not know the store.
        gateway: Whatever stands before the receiver does not reach it.
        receiver: The receiver answers that it cannot work.
        no_answer: Nothing of ours answers at our own address.
        alarm: An alarm rings.
    """

    new_access: str
    client_secrets: str
    reach_api: str
    worker: str
    schedule: str
    address: str
    refused: str
    other_store: str
    gateway: str
    receiver: str
    no_answer: str
    alarm: str = _DOCUMENT


ON_ONE_MACHINE: Final = Remedies(
    new_access="configure it and restart",
    client_secrets="configure client_secrets",
    reach_api="see that this machine reaches api_url, then look again",
    worker="no worker takes them: see that `orderwarden serve` runs",
    schedule="start `orderwarden serve`",
    address="set public_url to the address under which BigCommerce reaches this server",
    refused="the server runs with other ones: restart it",
    other_store="see what answers there, and what public_url says",
    gateway="start `orderwarden serve`",
    receiver="its log says why",
    no_answer="see to the proxy in front of `orderwarden serve`, and that BigCommerce reaches it",
)


def on_aws(stack: str) -> Remedies:
    """Return what to do where a stack of this name is the host."""
    replace = f"`orderwarden init --stack {stack} --replace`"
    return Remedies(
        new_access=f"and let {replace} store it",
        client_secrets=f"{replace} stores one",
        reach_api="the functions may reach it all the same: ReconcileFunction's log tells",
        worker="no function takes them: ProcessFunction's log tells why",
        schedule="SweepFunction's log tells why; see that its schedule is switched on",
        address="deploy the stack anew: its output PublicUrl says where webhooks can come",
        refused="look again in a minute; then see that PublicUrl leads to this stack",
        other_store="deploy the stack with the store among its Stores, or mend PublicUrl",
        gateway="IngestFunction's log tells why",
        receiver="IngestFunction's log tells why",
        no_answer="see to what stands in front of the API, and what PublicUrl says",
    )
